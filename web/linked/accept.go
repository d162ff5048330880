package linked

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// form is one way in which something is written.
type form struct {
	name string // in ?as=
	mime string
	also []string // other names that programs ask for it by
}

// The forms of records, the one that is given to who has no wish first.
var (
	jsonLD = form{"jsonld", "application/ld+json", nil}
	asJSON = form{"json", "application/json", nil}
	asHTML = form{"html", "text/html", []string{"application/xhtml+xml"}}
	asYAML = form{"yaml", "application/yaml", []string{"text/yaml", "application/x-yaml", "text/x-yaml"}}
	turtle = form{"turtle", "text/turtle", nil}
	asText = form{"text", "text/plain", nil}

	recordForms = []form{jsonLD, asJSON, asHTML, asYAML}
	pageForms   = []form{asJSON, asHTML}
	listForms   = []form{jsonLD, asHTML}
)

// wanted is the form that a request asks for: by ?as=, else by its Accept header;
// of forms that are wanted equally the first of the list. False if it takes none.
func wanted(r *http.Request, forms []form) (form, bool) {
	if as := r.URL.Query().Get("as"); as != "" {
		for _, f := range forms {
			if f.name == as {
				return f, true
			}
		}
		return form{}, false
	}
	header := strings.Join(r.Header.Values("Accept"), ",")
	if strings.TrimSpace(header) == "" {
		return forms[0], true
	}
	ranges := acceptable(header)
	best, most := form{}, 0
	for _, f := range forms {
		if q := quality(ranges, f); q > most {
			best, most = f, q
		}
	}
	return best, most > 0
}

// acceptRange is one part of an Accept header; q is in thousandths.
type acceptRange struct {
	kind string
	q    int
}

func acceptable(header string) []acceptRange {
	var list []acceptRange
	for part := range strings.SplitSeq(header, ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		q := 1000
		if text, ok := params["q"]; ok {
			f, err := strconv.ParseFloat(text, 64)
			if err != nil || f < 0 || f > 1 {
				continue
			}
			q = int(f*1000 + 0.5)
		}
		list = append(list, acceptRange{kind, q})
	}
	return list
}

// quality is how much a form is wanted: what names it most exactly decides.
func quality(ranges []acceptRange, f form) int {
	q, exact := 0, 0
	for _, r := range ranges {
		match := 0
		switch {
		case r.kind == f.mime:
			match = 4
		case contains(f.also, r.kind):
			match = 3
		case strings.HasSuffix(r.kind, "/*") && strings.HasPrefix(f.mime, r.kind[:len(r.kind)-1]):
			match = 2
		case r.kind == "*/*":
			match = 1
		}
		if match > exact {
			q, exact = r.q, match
		}
	}
	return q
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
