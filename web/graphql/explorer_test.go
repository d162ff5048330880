package graphql

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The page of GraphiQL has a policy of its own, with nothing inline, and asks nothing
// of anybody else; where it is not built, it says how to build it.
func TestExplorer(t *testing.T) {
	t.Parallel()
	h := Explorer()
	get := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w
	}
	_, err := fs.Stat(built, "graphiql/page/graphiql.js")
	for _, path := range []string{"/graphiql", "/wool/graphiql"} {
		w := get("GET", path)
		body := w.Body.String()
		if w.Code != http.StatusOK || w.Header().Get("Content-Security-Policy") != explorerPolicy || strings.Contains(explorerPolicy, "unsafe") {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		if want := map[bool]string{true: `<div id="graphiql">`, false: "make build"}[err == nil]; !strings.Contains(body, want) {
			t.Errorf("%s does not say %q", path, want)
		}
		if !strings.Contains(body, `<a href="./">`) {
			t.Errorf("%s has no way back", path)
		}
		if strings.Contains(body, "http:") || strings.Contains(body, "https:") || strings.Contains(body, "<script>") || strings.Contains(body, "style=") {
			t.Errorf("%s holds something inline or from elsewhere: %s", path, body)
		}
	}
	if err == nil {
		if w := get("GET", "/graphiql/graphiql.js"); w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") || w.Body.Len() < 100_000 {
			t.Errorf("%d %v, %d bytes", w.Code, w.Header(), w.Body.Len())
		}
	}
	if w := get("GET", "//elsewhere.example/graphiql/"); w.Code != http.StatusPermanentRedirect || w.Header().Get("Location") != "../graphiql" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if get("GET", "/graphiql/other.js").Code != http.StatusNotFound || get("POST", "/graphiql").Code != http.StatusMethodNotAllowed {
		t.Error("other paths or methods are answered otherwise")
	}
}
