package entrance

import (
	"bytes"
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
	"strings"

	"commonweal/rule"
)

//go:embed pages/*.html
var pageFiles embed.FS

var pages = func() map[string]*template.Template {
	m := map[string]*template.Template{}
	for _, name := range []string{"signin", "signup", "recover", "link", "account", "confirm", "once", "invitations", "begin", "erased", "refused", "failed"} {
		m[name] = template.Must(template.New("").Funcs(template.FuncMap{"t": text}).ParseFS(pageFiles, "pages/frame.html", "pages/"+name+".html"))
	}
	return m
}()

// frame is what every page has.
type frame struct {
	Page      string
	SignedIn  bool
	Name      string
	Said      *rule.Refusal
	Passkeys  bool
	Passwords bool
	Form      func(string) string // what was typed, to be shown again; never a password
	Body      any
}

// page writes a page; nothing is written where it does not fit its data.
func (v *visit) page(status int, name string, body any) {
	f := frame{Page: name, SignedIn: v.a.ID != "", Name: v.a.Name, Said: v.said, Passkeys: v.e.o.People.HasPasskeys(), Passwords: v.e.o.People.HasPasswords(), Form: v.says, Body: body}
	var b bytes.Buffer
	if err := pages[name].ExecuteTemplate(&b, "frame", f); err != nil {
		panic(err) // a page that does not fit its data
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes()) // who asked may have gone
}

// write answers with JSON.
func (v *visit) write(status int, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err) // maps and structs of texts
	}
	v.w.Header().Set("Content-Type", "application/json")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(append(raw, '\n')) // who asked may have gone
}

// show answers with a page, or with its body as JSON.
func (v *visit) show(name string, body any) error {
	if v.json {
		v.write(http.StatusOK, body)
		return nil
	}
	v.page(http.StatusOK, name, body)
	return nil
}

// done answers what needs no answer: back to a page.
func (v *visit) done(to string) error {
	if v.json {
		v.write(http.StatusOK, map[string]any{"next": to})
		return nil
	}
	v.goTo(to)
	return nil
}

// goTo sends the browser to an address here, by GET.
func (v *visit) goTo(to string) {
	v.w.Header().Set("Location", to)
	v.w.WriteHeader(http.StatusSeeOther)
}

// local returns an address within this site, or the usual one where it is none.
func local(to, usual string) string {
	if len(to) > 500 || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\x00\r\n\t") {
		return usual
	}
	return to
}
