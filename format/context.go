package format

import (
	"net/url"
	"strings"

	"commonweal/vf"
)

// The namespaces of the names in network files.
const (
	VF  = "https://w3id.org/valueflows/ont/vf#"
	Own = "https://w3id.org/commonweal/ns#"
	// ContextIRI names our own context; it is never fetched.
	ContextIRI = "https://w3id.org/commonweal/context"
)

// namespaces are all in which a name means one of our terms: Valueflows and
// our own, with http or https, and those from which Valueflows took terms.
var namespaces = []string{
	VF, "http://w3id.org/valueflows/ont/vf#", Own, "http://w3id.org/commonweal/ns#",
	"https://w3id.org/valueflows#", "http://w3id.org/valueflows#",
	"http://www.ontology-of-units-of-measure.org/resource/om-2/",
	"http://www.w3.org/2003/01/geo/wgs84_pos#", "http://www.w3.org/2006/time#",
}

// known contexts by the beginning of their IRI: all are read as ours.
var knownContexts = []string{
	ContextIRI, "https://w3id.org/valueflows/", "http://w3id.org/valueflows/",
	"https://www.valueflo.ws/", "https://valueflo.ws/", "https://git.io/vf-examples-context",
}

func knownContext(iri string) bool {
	for _, k := range knownContexts {
		if strings.HasPrefix(iri, k) {
			return true
		}
	}
	return false
}

// termOf returns the name of a term that is written as an IRI; false where its
// namespace is none of ours.
func termOf(iri string) (string, bool) {
	for _, ns := range namespaces {
		if strings.HasPrefix(iri, ns) {
			return iri[len(ns):], true
		}
	}
	return iri, false
}

// terms gives for each property of a network file, and each class of our own, the
// IRI it stands for.
var terms = func() map[string]string {
	m := map[string]string{"hasNumericalValue": VF + "hasNumericalValue", "hasUnit": VF + "hasUnit"}
	for _, t := range tables {
		for name := range t.byName {
			m[name] = VF + name
		}
	}
	for name := range vf.InverseProperties {
		m[name] = VF + name
	}
	for name := range vf.OwnProperties {
		m[name] = Own + name
	}
	for class := range vf.OwnClasses {
		m[string(class)] = Own + string(class)
	}
	delete(m, "@id")
	return m
}()

// termTypes says how the text of a property is read in JSON-LD: as an id or as
// a word of the vocabulary; a property not listed holds plain values.
var termTypes = func() map[string]string {
	m := map[string]string{"hasUnit": "@id", "action": "@vocab", "purpose": "@vocab"}
	for name := range references {
		m[name] = "@id"
	}
	for name := range vf.InverseProperties {
		m[name] = "@id"
	}
	return m
}()

// Context returns the context that WriteNetwork embeds, as encoding/json would
// read it. The base is the IRI to which ids are relative; it may be empty.
func Context(base string) map[string]any {
	c := map[string]any{"@vocab": VF}
	if base != "" {
		c["@base"] = base
	}
	for name, iri := range terms {
		def := map[string]any{}
		if strings.HasPrefix(iri, Own) {
			def["@id"] = iri
		}
		if t := termTypes[name]; t != "" {
			def["@type"] = t
		}
		if name == "workTime" || name == "clauses" {
			def["@container"] = "@list" // the lines have an order
		}
		if len(def) > 0 {
			c[name] = def
		}
	}
	return c
}

// scope is how the names and ids of a document are understood.
type scope struct {
	base    string    // of the document, "" if it names none
	plain   bool      // the names are ours as they stand
	context any       // else: the context for JSON-LD expansion
	full    *expander // made when first needed
}

// scopeOf reads a context. It is plain where it says nothing but what ours says.
func scopeOf(context *node) scope {
	s := scope{plain: true}
	if context == nil {
		return s
	}
	s.plain = plainContext(context, &s.base)
	s.context = context.plain()
	return s
}

func plainContext(n *node, base *string) bool {
	switch n.kind {
	case isNull:
		return true
	case isText:
		return knownContext(n.text)
	case isList:
		plain := true
		for _, part := range n.list {
			plain = plainContext(part, base) && plain
		}
		return plain
	case isObject:
		plain := true
		for _, m := range n.members {
			if m.name == "@base" && m.value.kind == isText {
				*base = m.value.text
				continue
			}
			plain = plainTerm(m.name, m.value) && plain
		}
		return plain
	}
	return false
}

// plainTerm reports whether a definition says what ours says.
func plainTerm(name string, def *node) bool {
	if name == "@vocab" {
		return def.kind == isText && (def.text == VF || def.text == namespaces[1])
	}
	if name == "@version" {
		return true
	}
	iri, known := terms[name]
	if !known {
		return false
	}
	says := VF + name
	if def.kind == isText {
		return strings.Replace(def.text, "http://", "https://", 1) == iri
	}
	if def.kind != isObject {
		return false
	}
	for _, m := range def.members {
		switch m.name {
		case "@id":
			says = strings.Replace(m.value.text, "http://", "https://", 1)
		case "@type":
			if m.value.text == "@id" && termTypes[name] == "" {
				return false
			}
		case "@container":
			if m.value.text != "@set" && m.value.text != "@list" {
				return false
			}
		default:
			return false
		}
	}
	return says == iri
}

// localID writes an id relative to the base where it has that base.
func (s *scope) localID(id string) string {
	if s.base == "" {
		return id
	}
	if strings.HasPrefix(id, "./") || strings.HasPrefix(id, "../") || strings.HasPrefix(id, "/") ||
		strings.HasPrefix(id, "#") || strings.HasPrefix(id, "?") || strings.Contains(id, "/../") || strings.Contains(id, "/./") {
		base, err := url.Parse(s.base)
		ref, err2 := url.Parse(id)
		if err == nil && err2 == nil {
			id = base.ResolveReference(ref).String()
		}
	}
	if dir := s.base[:strings.LastIndexByte(s.base, '/')+1]; dir != "" && len(id) > len(dir) {
		id = strings.TrimPrefix(id, dir)
	}
	return id
}
