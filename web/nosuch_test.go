package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"commonweal/host"
)

// An address of no network is a page in a browser, and a line for programs.
func TestNoSuchNetworkIsAPage(t *testing.T) {
	t.Parallel()
	h, err := host.Open(t.Context(), host.Options{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	site := New(Options{Host: h})
	for accept, kind := range map[string]string{"text/html": "text/html; charset=utf-8", "application/json": "text/plain; charset=utf-8"} {
		r := httptest.NewRequest(http.MethodGet, "/nosuch", nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		if w.Code != http.StatusNotFound || w.Header().Get("Content-Type") != kind || !strings.Contains(w.Body.String(), "nosuch") {
			t.Errorf("%s is answered %d, %s: %s", accept, w.Code, w.Header(), w.Body)
		}
	}
}
