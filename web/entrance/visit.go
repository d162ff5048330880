package entrance

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"commonweal/people"
	"commonweal/rule"
)

// visit is one request.
type visit struct {
	e    *Entrance
	w    http.ResponseWriter
	r    *http.Request
	form url.Values
	json bool           // the answer is JSON
	s    people.Session // where somebody is signed in
	a    people.Account
	said *rule.Refusal // what the page is shown again with
}

// policy is what pages may load: what this server gives them, and nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func protect(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // without any, browsers would hide the origin of our own forms
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept, Cookie")
}

const longestForm = 128 << 10 // bytes

// handler puts before a step what every request goes through.
func (e *Entrance) handler(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protect(w.Header())
		v := &visit{e: e, w: w, r: r, json: wantsJSON(r)}
		err := v.prepare(rt)
		if err == nil {
			err = rt.do(v)
		}
		if err != nil {
			v.refuse(err, rt)
		}
	})
}

func wantsJSON(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind == "application/json" || strings.Contains(r.Header.Get("Accept"), "application/json")
}

func (v *visit) prepare(rt route) (err error) {
	if err := v.e.sameOrigin(v.r); err != nil {
		return err
	}
	if _, token := bearer(v.r); token {
		return rule.Refuse("personOnly")
	}
	if v.form, err = readForm(v.w, v.r); err != nil {
		return err
	}
	if secret := v.e.cookie(v.r, sessionCookie); secret != "" {
		if v.s, v.a, err = v.e.o.People.Session(v.r.Context(), secret); err != nil && !isRefusal(err) {
			return err
		}
	}
	if rt.person && v.a.ID == "" {
		return rule.Refuse("signedOut")
	}
	return nil
}

func isRefusal(err error) bool {
	var r *rule.Refusal
	return errors.As(err, &r)
}

// readForm reads the query of a GET, and the form or the JSON object of a POST; of
// an object, texts as they are and everything else as JSON.
func readForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	if r.Method != http.MethodPost {
		return r.URL.Query(), nil
	}
	bad := rule.Refuse("badForm", "field", "body", "wanted", "a form, or a JSON object, of at most 128 kB")
	r.Body = http.MaxBytesReader(w, r.Body, longestForm)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "application/json" {
		if err := r.ParseForm(); err != nil {
			return nil, bad
		}
		return r.PostForm, nil
	}
	var object map[string]json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&object); err != nil {
		return nil, bad
	}
	form := url.Values{}
	for k, raw := range object {
		var one string
		var several []string
		switch {
		case json.Unmarshal(raw, &one) == nil:
			form.Set(k, one)
		case json.Unmarshal(raw, &several) == nil:
			form[k] = several
		default:
			form.Set(k, string(raw))
		}
	}
	return form, nil
}

// says returns a field of the form, "" if it is not there.
func (v *visit) says(field string) string { return v.form.Get(field) }

// statuses are those of refusals that are not 422.
var statuses = map[rule.Name]int{
	"signedOut": http.StatusUnauthorized, "signInFailed": http.StatusUnauthorized, "badToken": http.StatusUnauthorized, "recoveryFailed": http.StatusUnauthorized,
	"passkeyFailed": http.StatusUnauthorized, "wrongPassword": http.StatusForbidden, "confirmFirst": http.StatusForbidden, "crossOrigin": http.StatusForbidden,
	"personOnly": http.StatusForbidden, "tooManyAttempts": http.StatusTooManyRequests, "linkSpent": http.StatusNotFound, "noSuchItem": http.StatusNotFound,
	"notAllowed": http.StatusForbidden, "mayNotBegin": http.StatusForbidden,
}

// StatusOf is the HTTP status that a refusal is answered with.
func StatusOf(r *rule.Refusal) int {
	if s, ok := statuses[r.Rule]; ok {
		return s
	}
	return http.StatusUnprocessableEntity
}

// refuse answers an error: the sentence and hint of a rule, on the page that was
// used; of anything else, nothing but that it happened.
func (v *visit) refuse(err error, rt route) {
	if !errors.As(err, &v.said) {
		v.e.o.Log.Error("the entrance failed", "route", v.r.Pattern, "reason", err)
		v.failed()
		return
	}
	status := StatusOf(v.said)
	v.e.o.Log.Info("refused at the entrance", "route", v.r.Pattern, "rule", v.said.Rule, "address", v.e.o.From(v.r))
	if s := v.said.Value("seconds"); s != "" {
		v.w.Header().Set("Retry-After", s)
	}
	switch {
	case v.json:
		v.write(status, map[string]any{"refusal": map[string]any{"rule": v.said.Rule, "sentence": v.said.Sentence(), "hint": v.said.Hint()}})
	case v.said.Rule == "signedOut" && v.r.Method == http.MethodGet:
		v.goTo("/signin?then=" + url.QueryEscape(v.r.URL.Path))
	case v.said.Rule == "confirmFirst":
		v.goTo("/account/confirm")
	case rt.show != nil && v.form != nil && v.said.Rule != "signedOut": // what stands before every step has no page
		v.again(rt, status)
	default:
		v.page(status, "refused", nil)
	}
}

// again shows a page again with what was refused; where the page itself would be
// refused, the refusal alone.
func (v *visit) again(rt route, status int) {
	said := v.said
	v.w = &withStatus{ResponseWriter: v.w, status: status}
	if err := rt.show(v); err != nil {
		if !isRefusal(err) {
			v.e.o.Log.Error("the entrance failed", "route", v.r.Pattern, "reason", err)
		}
		v.said = said
		v.page(status, "refused", nil)
	}
}

// withStatus answers with a status instead of 200.
type withStatus struct {
	http.ResponseWriter
	status int
}

// WriteHeader writes the status that it has.
func (w *withStatus) WriteHeader(int) { w.ResponseWriter.WriteHeader(w.status) }

// failed says that something went wrong, and no more.
func (v *visit) failed() {
	if v.json {
		v.write(http.StatusInternalServerError, map[string]any{"error": text("failed")})
		return
	}
	v.page(http.StatusInternalServerError, "failed", nil)
}
