package coordination

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"commonweal/rule"
	"commonweal/vf"
)

// The extents of a clause: which records it is about.
const (
	All       = "all"
	Own       = "own"
	Published = "published"
	As        = "as" // on one side of the record
)

// Clause is one line of a charter, read.
type Clause struct {
	Name    string
	Role    string
	Here    bool       // the role must be held in the charter's scope or below
	Not     bool       // it forbids
	Verbs   []Verb     // none: everything
	Extent  string     // All, Own, Published or As
	Side    string     // of As
	Classes []vf.Class // none: any
	Roles   []string   // that a membership may give; none: any
	Scope   vf.ID      // with all below; none: all of the charter's
}

// Limits of a charter, so that decisions stay quick.
const (
	MaxClauses = 500 // in one charter
	MaxClause  = 500 // bytes of one clause
)

// words that have a meaning in clauses, and so are no roles.
var words = []string{"here", "may", "not", "everything", All, Own, Published, As, "for", "in", "and"}

// ParseClause reads a clause. The error is of rule badClause; it names the column
// (from 1, in characters), what stands there, and what would be accepted.
func ParseClause(text string) (*Clause, error) {
	p := &parser{text: text}
	if len(text) > MaxClause || !utf8.ValidString(text) {
		return nil, p.refuse(0, "at most "+strconv.Itoa(MaxClause)+" bytes of UTF-8")
	}
	p.split()
	c := &Clause{Extent: All}
	c.Name = p.name()
	c.Role = p.word("a role, such as member", plain)
	c.Here = p.skip("here")
	p.need("may")
	c.Not = p.skip("not")
	if !p.skip("everything") {
		c.Verbs = list[Verb](p, "a verb: everything, or of "+join(allVerbs), func(s string) bool { return slices.Contains(allVerbs, Verb(s)) })
	}
	p.extent(c)
	if isClass(p.next()) {
		c.Classes = list[vf.Class](p, "a class, such as Intent", isClass)
	}
	if p.skip("for") {
		c.Roles = list[string](p, "a role, such as member", plain)
	}
	if p.skip("in") {
		c.Scope = vf.ID(p.word("the id of a scope", func(string) bool { return true }))
	}
	if p.err == nil && p.at < len(p.tokens) {
		p.fail("the end of the clause, or in this order: all, own, published or as SIDE; classes; for ROLES; in SCOPE")
	}
	if p.err != nil {
		return nil, p.err
	}
	return c, nil
}

func (p *parser) extent(c *Clause) {
	for _, extent := range []string{All, Own, Published} {
		if p.skip(extent) {
			c.Extent = extent
			return
		}
	}
	if p.skip(As) {
		c.Extent = As
		c.Side = p.word("a side: "+strings.Join(sides, ", "), func(s string) bool { return slices.Contains(sides, s) })
	}
}

// String writes the clause in its one form.
func (c *Clause) String() string {
	var b strings.Builder
	b.WriteString(c.Name + ": " + c.Role)
	if c.Here {
		b.WriteString(" here")
	}
	b.WriteString(" may")
	if c.Not {
		b.WriteString(" not")
	}
	if len(c.Verbs) == 0 {
		b.WriteString(" everything")
	} else {
		b.WriteString(" " + join(c.Verbs))
	}
	b.WriteString(" " + c.Extent)
	if c.Side != "" {
		b.WriteString(" " + c.Side)
	}
	if len(c.Classes) > 0 {
		b.WriteString(" " + join(c.Classes))
	}
	if len(c.Roles) > 0 {
		b.WriteString(" for " + join(c.Roles))
	}
	if c.Scope != "" {
		b.WriteString(" in " + string(c.Scope))
	}
	return b.String()
}

func join[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, s := range list {
		texts[i] = string(s)
	}
	return strings.Join(texts, ", ")
}

func isClass(s string) bool { return vf.NewRecord(vf.Class(s)) != nil }

// plain reports whether a text can be a role.
func plain(s string) bool { return wordLike(s) && !slices.Contains(words, s) }

// wordLike reports whether a text can be a name: letters, digits and hyphens,
// beginning with a letter.
func wordLike(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80
		if !letter && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// parser goes through the words of a clause; after an error it does nothing.
type parser struct {
	text   string
	tokens []token
	at     int
	err    error
}

// token is a word, a comma or a colon, and where it begins in the text.
type token struct {
	text string
	from int
}

// split parts the text at spaces and commas, and at the first colon.
func (p *parser) split() {
	from, named := -1, false
	end := func(at int) {
		if from >= 0 {
			p.tokens = append(p.tokens, token{p.text[from:at], from})
			from = -1
		}
	}
	for i, r := range p.text {
		switch {
		case r == ' ' || r == '\t' || r == '\n' || r == '\r':
			end(i)
		case r == ',' || r == ':' && !named:
			end(i)
			p.tokens = append(p.tokens, token{string(r), i})
			named = named || r == ':'
		case from < 0:
			from = i
		}
	}
	end(len(p.text))
}

// next is the word that stands next, "" at the end.
func (p *parser) next() string {
	if p.err != nil || p.at >= len(p.tokens) {
		return ""
	}
	return p.tokens[p.at].text
}

func (p *parser) skip(word string) bool {
	if p.next() != word {
		return false
	}
	p.at++
	return true
}

func (p *parser) need(word string) {
	if p.err == nil && !p.skip(word) {
		p.fail("the word " + word)
	}
}

func (p *parser) name() string {
	name := p.word("the name of the clause and a colon, such as “members-see:”", wordLike)
	p.need(":")
	return name
}

// word takes a word that fits.
func (p *parser) word(wanted string, fits func(string) bool) string {
	w := p.next()
	if p.err == nil && (w == "" || w == "," || w == ":" || !fits(w)) {
		p.fail(wanted)
	}
	p.at++
	return w
}

// list takes words that fit, with commas or the word and between them.
func list[T ~string](p *parser, wanted string, fits func(string) bool) []T {
	var l []T
	for more := true; more && p.err == nil; more = p.skip(",") || p.skip("and") {
		w := T(p.word(wanted, fits))
		if p.err == nil && slices.Contains(l, w) {
			p.at--
			p.fail("each once")
		}
		l = append(l, w)
	}
	return l
}

// fail refuses the word that stands next.
func (p *parser) fail(wanted string) {
	from := len(p.text)
	if p.at < len(p.tokens) {
		from = p.tokens[p.at].from
	}
	p.err = p.refuse(from, wanted)
}

func (p *parser) refuse(from int, wanted string) error {
	found := "the end"
	if p.at < len(p.tokens) {
		found = "“" + p.tokens[p.at].text + "”"
	}
	text := p.text
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "…"
	}
	return rule.Refuse("badClause", "clause", strings.ToValidUTF8(text, "?"), "column", strconv.Itoa(utf8.RuneCountInString(p.text[:from])+1), "found", found, "wanted", wanted)
}
