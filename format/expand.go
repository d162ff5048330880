package format

import (
	"fmt"
	"strings"

	"github.com/piprate/json-gold/ld"

	"commonweal/rule"
	"commonweal/vf"
)

// noBase stands in for the base of a document that names none, so that its
// relative ids pass through expansion.
const noBase = "https://network.invalid/"

// expander passes records through JSON-LD expansion with one context.
type expander struct {
	context *ld.Context
	options *ld.JsonLdOptions
	api     *ld.JsonLdApi
	base    string
	scoped  bool // some names mean something else in some places
}

// offline knows our context and refuses every other.
type offline struct{}

// LoadDocument gives our context for the known IRIs.
func (offline) LoadDocument(iri string) (*ld.RemoteDocument, error) {
	if !knownContext(iri) {
		return nil, rule.Refuse("unknownContext", "context", shorten(iri))
	}
	return &ld.RemoteDocument{DocumentURL: iri, Document: map[string]any{"@context": Context("")}}, nil
}

// newExpander reads a context for expansion.
func newExpander(s *scope) (e *expander, err error) {
	e = &expander{base: s.base, api: ld.NewJsonLdApi()}
	if e.base == "" {
		e.base = noBase
	}
	e.options = ld.NewJsonLdOptions(e.base)
	e.options.DocumentLoader = offline{}
	e.options.SafeMode = true
	defer refusePanic(&err)
	context := s.context
	if context == nil {
		context = Context("")
	}
	e.scoped = hasScoped(context)
	if e.context, err = ld.NewContext(nil, e.options).Parse(context); err != nil {
		return nil, ldRefusal(err)
	}
	return e, nil
}

// refusePanic turns a panic of the JSON-LD library over odd input into a
// refusal, since a file must never end the program.
func refusePanic(err *error) {
	if p := recover(); p != nil {
		*err = rule.Refuse("badContext", "reason", shorten(fmt.Sprint(p)))
	}
}

func ldRefusal(err error) error {
	if refusal := refusalOf(err); refusal.Rule != "unreadable" {
		return refusal
	}
	return rule.Refuse("badContext", "reason", shorten(err.Error()))
}

// expand turns a record into one whose names are the plain terms.
func (s *scope) expand(n *node) (out *node, err error) {
	if s.full == nil {
		if s.full, err = newExpander(s); err != nil {
			return n, err
		}
	}
	e := s.full
	defer func() {
		if err != nil {
			out = n
		}
	}()
	defer refusePanic(&err)
	pos := map[string]position{}
	if err := e.names(n, pos); err != nil {
		return n, err
	}
	expanded, err := e.api.Expand(e.context, "", n.plain(), e.options, false, nil)
	if err != nil {
		return n, ldRefusal(err)
	}
	c := compactor{base: e.base, pos: n.pos, of: pos}
	return c.node(expanded)
}

// misplaced is a refusal about one place inside a record.
type misplaced struct {
	refusal *rule.Refusal
	pos     position
}

func (m *misplaced) Error() string { return m.refusal.Error() }
func (m *misplaced) Unwrap() error { return m.refusal }

// names expands the names of a record, so that one that means nothing is
// refused where it stands, and notes where those of the outermost object stand.
// An object with a context of its own, or that may get one from its property or
// class, is left to the expansion, which refuses without telling the place.
func (e *expander) names(n *node, pos map[string]position) error {
	if n.get("@context") != nil {
		return nil
	}
	for _, m := range n.members {
		iri, err := e.context.ExpandIri(m.name, false, true, nil, nil)
		if err != nil {
			return ldRefusal(err)
		}
		if !strings.Contains(iri, ":") && !ld.IsKeyword(iri) {
			return &misplaced{rule.Refuse("unknownProperty", "class", "This record", "property", shorten(m.name), "nearest", nearestTerm(m.name)), m.pos}
		}
		if term, ok := termOf(iri); ok && pos != nil {
			pos[term] = m.value.pos
		}
		if !e.scoped && !ld.IsKeyword(iri) {
			if err := e.names(m.value, nil); err != nil {
				return err
			}
		}
	}
	if !e.scoped {
		for _, v := range n.list {
			if err := e.names(v, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// hasScoped reports whether a context gives some property or class a context of
// its own, or turns the names of an object into something else than properties.
func hasScoped(context any) bool {
	switch c := context.(type) {
	case []any:
		for _, v := range c {
			if hasScoped(v) {
				return true
			}
		}
	case map[string]any:
		for name, v := range c {
			if name == "@context" || name == "@container" && v != "@set" && v != "@list" || name == "@type" && v == "@json" || hasScoped(v) {
				return true
			}
		}
	}
	return false
}

func nearestTerm(word string) string {
	var all []string
	for _, t := range tables {
		all = append(all, t.names...)
	}
	return vf.Nearest(word, all)
}

// compactor turns expanded JSON-LD into a tree with our plain names.
type compactor struct {
	base string
	pos  position
	of   map[string]position // of the outermost names
}

func (c *compactor) node(v any) (*node, error) {
	switch v := v.(type) {
	case []any:
		n := &node{kind: isList, pos: c.pos}
		for _, item := range v {
			child, err := c.node(item)
			if err != nil {
				return nil, err
			}
			n.list = append(n.list, child)
		}
		if len(n.list) == 1 {
			return n.list[0], nil
		}
		return n, nil
	case map[string]any:
		return c.object(v)
	case string:
		return &node{kind: isText, text: v, pos: c.pos}, nil
	case bool:
		return &node{kind: isTruth, text: fmt.Sprint(v), pos: c.pos}, nil
	case nil:
		return &node{pos: c.pos, kind: isList}, nil
	}
	return nil, rule.Refuse("badContext", "reason", fmt.Sprintf("a value of kind %T came out of it", v))
}

// object takes an expanded object: a value, a list, or a record.
func (c *compactor) object(v map[string]any) (*node, error) {
	if value, ok := v["@value"]; ok {
		return c.node(value)
	}
	for _, key := range []string{"@list", "@set", "@graph"} {
		if value, ok := v[key]; ok {
			return c.node(value)
		}
	}
	n := &node{kind: isObject, pos: c.pos}
	for _, key := range ld.GetOrderedKeys(v) {
		name, pos := key, c.pos
		switch key {
		case "@type":
		case "@id":
			id, _ := v[key].(string)
			n.members = append(n.members, member{key, pos, &node{kind: isText, text: strings.TrimPrefix(id, noBase), pos: pos}})
			continue
		default:
			if strings.HasPrefix(key, "@") {
				return nil, rule.Refuse("badContext", "reason", key+" is not used in network files")
			}
			var ours bool
			if name, ours = termOf(key); !ours {
				return nil, rule.Refuse("unknownProperty", "class", "This record", "property", shorten(key), "nearest", nearestTerm(key[strings.LastIndexAny(key, "/#:")+1:]))
			}
			if p, ok := c.of[name]; ok {
				pos = p
			}
		}
		inner := compactor{base: c.base, pos: pos}
		value, err := inner.node(v[key])
		if err != nil {
			return nil, err
		}
		n.members = append(n.members, member{name, pos, value})
	}
	return n, nil
}
