package web

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strings"

	"commonweal/web/entrance"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed static
var staticFiles embed.FS

// static serves the files that pages are made with; a new version of the program
// is a new page, so they may be kept for an hour.
func static() http.Handler {
	files := http.FileServerFS(staticFiles)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") { // which would list what is there
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=3600")
		files.ServeHTTP(w, r)
	})
}

// icon is what browsers show beside the name of a page; they ask for it themselves.
func icon(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, staticFiles, "static/icon.svg")
}

// frame is what every page has.
type frame struct {
	Title, Network, Version string
	Script                  string // the address of a module that the page loads, "" for none
	SignedIn                bool
	Member                  bool   // who is signed in has a seat in the network
	Name                    string // by which who is signed in came in
	Body                    any
}

// page is one kind of page, by the name of its file.
func page(name string) *template.Template {
	return template.Must(template.ParseFS(pageFiles, "pages/frame.html", "pages/"+name+".html"))
}

// show writes a page; nothing is written where it fails.
func (s *Site) show(w http.ResponseWriter, status int, t *template.Template, f frame) {
	f.Version = s.o.Version
	if a, ok := w.(*answer); ok {
		f.SignedIn = a.session
		if a.session && a.asks != nil {
			if who, err := s.who(a.asks); err == nil {
				f.Name, f.Member = who.Name, who.Agent(f.Network) != ""
			}
		}
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "frame", f); err != nil {
		panic(err) // a page that does not fit its data; the guard answers
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // who asked may have gone
}

var indexPage = page("index")

// indexOf is what the first page of a server shows.
type indexOf struct {
	List []listed
	Door bool // people can sign in
	In   bool // somebody is
}

// listed is a network in the index.
type listed struct {
	Name, ID string
	Mine     bool // who asks has a seat in it
}

// index lists the networks of the server, and where who is signed in finds what is
// theirs in each.
func (s *Site) index(w http.ResponseWriter, r *http.Request) {
	page := indexOf{Door: s.entrance != nil}
	var who entrance.Identity
	if page.Door {
		if known, err := s.who(r); err == nil { // else they see what strangers see
			who = known
		}
	}
	page.In = who.Known()
	for _, n := range s.o.Host.Networks() {
		page.List = append(page.List, listed{n.Name, n.Network(), who.Agent(n.Name) != ""})
	}
	s.show(w, http.StatusOK, indexPage, frame{Title: "Networks", Body: page})
}
