package linked

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestForms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ accept, query, want string }{
		{"", "", "jsonld"}, {"*/*", "", "jsonld"}, {"application/*", "", "jsonld"}, {"text/*", "", "html"}, {"application/json", "", "json"},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", "", "html"},
		{"application/json;q=0.5, application/ld+json;q=0.4", "", "json"}, {"application/json;q=0.5, */*", "", "jsonld"},
		{"*/*, application/ld+json;q=0", "", "json"}, {"application/ld+json;profile=\"http://www.w3.org/ns/json-ld#compacted\"", "", "jsonld"},
		{"text/yaml", "", "yaml"}, {"APPLICATION/JSON", "", "json"}, {"image/png", "", ""}, {"application/json;q=0", "", ""}, {"application/json;q=2", "", ""},
		{"text/html;q=0.001, nonsense;;", "", "html"}, {"image/png", "?as=yaml", "yaml"}, {"", "?as=pdf", ""},
	} {
		r := httptest.NewRequest(http.MethodGet, "/home/x/1"+c.query, nil)
		if c.accept != "" {
			r.Header.Set("Accept", c.accept)
		}
		f, ok := wanted(r, recordForms)
		if f.name != c.want || ok != (c.want != "") {
			t.Errorf("%q %s gives %q, want %q", c.accept, c.query, f.name, c.want)
		}
	}
}
