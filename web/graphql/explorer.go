package graphql

import (
	"bytes"
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// built has the page of GraphiQL: its frame, and, where npm built them, the program
// and the styles.
//
//go:embed graphiql/page
var built embed.FS

// explorerPolicy is the page's own: everything is from here, and nothing is inline.
const explorerPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Explorer serves GraphiQL, a page to ask the door from, under a path that ends in
// /graphiql; the door is beside it, at /graphql. It needs nothing from elsewhere. A
// program that was built without npm says how to build it.
func Explorer() http.Handler {
	page, err := fs.Sub(built, "graphiql/page")
	if err != nil {
		panic("graphql: the page of GraphiQL is not embedded: " + err.Error()) // it is, or this would not compile
	}
	frame := "index.html"
	if _, err := fs.Stat(page, "graphiql.js"); err != nil {
		frame = "unbuilt.html"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := path.Base(r.URL.Path)
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "This page is read by GET.", http.StatusMethodNotAllowed)
			return
		}
		head := w.Header()
		head.Set("Content-Security-Policy", explorerPolicy)
		head.Set("X-Content-Type-Options", "nosniff")
		head.Set("Referrer-Policy", "no-referrer")
		switch {
		case strings.HasSuffix(r.URL.Path, "/graphiql/"):
			head.Set("Location", "../graphiql") // relative, so that no path leads elsewhere
			w.WriteHeader(http.StatusPermanentRedirect)
			return
		case name == "graphiql":
			name = frame
		case name != "graphiql.js" && name != "graphiql.css" && name != "graphiql.js.LEGAL.txt":
			http.NotFound(w, r)
			return
		}
		raw, err := fs.ReadFile(page, name)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(raw))
	})
}
