package graphql

import (
	"errors"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"commonweal/rule"
)

// Limits are what one request may ask for; a zero is the usual limit. Each is told
// where it is passed, and the refusal names it.
type Limits struct {
	Body       int           // bytes of a request: 1 MiB
	Tokens     int           // words and signs of a query: 10,000
	Depth      int           // how deep fields stand in fields, or values in values: 20
	Breadth    int           // fields of one selection: 200
	Aliases    int           // fields under another name: 100
	Duplicates int           // how often one field is asked for in one selection: 20
	Directives int           // 50
	Fragments  int           // how often fragments are used: 100
	Cost       int           // fields, times the sizes of the lists that they stand in: 50,000
	Values     int           // values in an answer: 200,000
	Records    int           // records that are looked at: 2,000,000
	Time       time.Duration // 10 s
	Acts       int           // fields of one mutation: 50
	Streams    int           // open at the same time: 20,000
	PerAuthor  int           // streams of one author, or of one address where nobody is known: 200
	Guests     int           // streams of nobody known, so that members find place: 5,000
	Following  int           // words and signs of a subscription, which is kept while it lasts: 2,000; of nobody known a tenth
}

func (l Limits) filled() Limits {
	for _, p := range []struct {
		limit *int
		usual int
	}{{&l.Body, 1 << 20}, {&l.Tokens, 10_000}, {&l.Depth, 20}, {&l.Breadth, 200}, {&l.Aliases, 100}, {&l.Duplicates, 20},
		{&l.Directives, 50}, {&l.Fragments, 100}, {&l.Cost, 50_000}, {&l.Values, 200_000}, {&l.Records, 2_000_000}, {&l.Acts, 50}, {&l.Streams, 20_000}, {&l.PerAuthor, 200}, {&l.Guests, 5000}, {&l.Following, 2000}} {
		if *p.limit == 0 {
			*p.limit = p.usual
		}
	}
	if l.Time == 0 {
		l.Time = 10 * time.Second
	}
	return l
}

func beyond(name rule.Name, count, limit int) error {
	return rule.Refuse(name, "count", number(count), "limit", number(limit))
}

// asksTooMuch reports whether a request is refused for what it would cost.
func asksTooMuch(err error) bool {
	r, ok := errors.AsType[*rule.Refusal](err)
	if !ok {
		return false
	}
	switch r.Rule {
	case "fragmentCycle", "queryTooCostly", "queryTooDeep", "queryTooLong", "queryTooSlow", "queryTooWide", "requestTooLarge", "tooManyActs",
		"tooManyAliases", "tooManyDirectives", "tooManyDuplicates", "tooManyFragments", "tooManyRecords":
		return true
	}
	return false
}

// scan refuses a query that is too deep or too long before it is parsed, in one
// pass over its bytes.
func (l Limits) scan(query string) (tokens int, err error) {
	depth, deepest := 0, 0
	word := false
	for i := 0; i < len(query); i++ {
		c := query[i]
		letter := c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if letter && !word {
			tokens++
		}
		word = letter
		switch c {
		case '{', '[', '(':
			depth++
			deepest = max(deepest, depth)
		case '}', ']', ')':
			depth--
		case '#':
			for i+1 < len(query) && query[i+1] != '\n' && query[i+1] != '\r' {
				i++
			}
		case '"':
			i = pastText(query, i)
		}
		if !letter && c > ' ' && c != ',' {
			tokens++
		}
	}
	if most := 2*l.Depth + 2; deepest > most { // each field may stand in an argument's braces too
		return tokens, beyond("queryTooDeep", deepest, l.Depth)
	}
	if tokens > l.Tokens {
		return tokens, beyond("queryTooLong", tokens, l.Tokens)
	}
	return tokens, nil
}

// perToken is how many bytes a word of a subscription has at most, on the average, its
// variables among them.
const perToken = 16

// follow refuses a subscription that is too long to be kept. Nobody known has a tenth of
// the room: so many of them may follow that their queries would fill the memory.
func (l Limits) follow(a *asking, known bool) error {
	most := l.Following
	if !known {
		most /= 10
	}
	if a.tokens > most {
		return beyond("queryTooLong", a.tokens, most)
	}
	if a.bytes > most*perToken {
		return rule.Refuse("requestTooLarge", "limit", number(most*perToken))
	}
	return nil
}

// pastText returns where a text ends that begins at i.
func pastText(query string, i int) int {
	if len(query) >= i+3 && query[i:i+3] == `"""` {
		for i += 3; i < len(query); i++ {
			if query[i] == '\\' && len(query) >= i+4 && query[i+1:i+4] == `"""` {
				i += 3
			} else if len(query) >= i+3 && query[i:i+3] == `"""` {
				return i + 2
			}
		}
		return i
	}
	for i++; i < len(query) && query[i] != '"' && query[i] != '\n'; i++ {
		if query[i] == '\\' {
			i++
		}
	}
	return i
}

// measure counts what a parsed query asks for. Fragments count wherever they are
// used; they may not contain themselves.
type measure struct {
	limits     Limits
	fragments  ast.FragmentDefinitionList
	aliases    int
	directives int
	spreads    int
}

// check refuses a query that asks for too much, and one of fragments in a circle.
// Nothing is known yet of the types; the cost comes after.
func (l Limits) check(doc *ast.QueryDocument) error {
	if err := noCircle(doc); err != nil {
		return err
	}
	for _, op := range doc.Operations {
		m := &measure{limits: l, fragments: doc.Fragments, directives: len(op.Directives)}
		if err := m.set(op.SelectionSet, 1, map[string]int{}, new(int)); err != nil {
			return err
		}
		if op.Operation == ast.Mutation && len(op.SelectionSet) > l.Acts {
			return beyond("tooManyActs", len(op.SelectionSet), l.Acts)
		}
	}
	return nil
}

// noCircle refuses fragments that contain themselves, each looked at once.
func noCircle(doc *ast.QueryDocument) error {
	const inside, done = 1, 2
	state := map[string]int{}
	var walk func(set ast.SelectionSet) error
	enter := func(name string) error {
		f := doc.Fragments.ForName(name)
		switch {
		case f == nil || state[name] == done:
			return nil
		case state[name] == inside:
			return rule.Refuse("fragmentCycle", "name", name)
		}
		state[name] = inside
		defer func() { state[name] = done }()
		return walk(f.SelectionSet)
	}
	walk = func(set ast.SelectionSet) error {
		for _, s := range set {
			var err error
			switch s := s.(type) {
			case *ast.Field:
				err = walk(s.SelectionSet)
			case *ast.InlineFragment:
				err = walk(s.SelectionSet)
			case *ast.FragmentSpread:
				err = enter(s.Name)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	for _, f := range doc.Fragments {
		if err := enter(f.Name); err != nil {
			return err
		}
	}
	return nil
}

// set measures a selection set; said counts the fields of the selection by name,
// and breadth all of them.
func (m *measure) set(set ast.SelectionSet, depth int, said map[string]int, breadth *int) error {
	if depth > m.limits.Depth {
		return beyond("queryTooDeep", depth, m.limits.Depth)
	}
	for _, s := range set {
		if err := m.selection(s, depth, said, breadth); err != nil {
			return err
		}
	}
	return nil
}

func (m *measure) selection(s ast.Selection, depth int, said map[string]int, breadth *int) error {
	switch s := s.(type) {
	case *ast.Field:
		m.directives += len(s.Directives)
		if s.Alias != s.Name {
			m.aliases++
		}
		*breadth++
		said[s.Alias]++
		if err := m.within(said[s.Alias], *breadth); err != nil {
			return err
		}
		return m.set(s.SelectionSet, depth+1, map[string]int{}, new(int))
	case *ast.InlineFragment:
		m.directives += len(s.Directives)
		m.spreads++
		if err := m.within(0, 0); err != nil {
			return err
		}
		return m.set(s.SelectionSet, depth, said, breadth)
	case *ast.FragmentSpread:
		m.directives += len(s.Directives)
		m.spreads++
		if err := m.within(0, 0); err != nil {
			return err
		}
		f := m.fragments.ForName(s.Name)
		if f == nil {
			return nil // validation tells
		}
		return m.set(f.SelectionSet, depth, said, breadth)
	}
	return nil
}

// within refuses what is over a limit.
func (m *measure) within(same, breadth int) error {
	l := m.limits
	switch {
	case m.aliases > l.Aliases:
		return beyond("tooManyAliases", m.aliases, l.Aliases)
	case same > l.Duplicates:
		return beyond("tooManyDuplicates", same, l.Duplicates)
	case breadth > l.Breadth:
		return beyond("queryTooWide", breadth, l.Breadth)
	case m.directives > l.Directives:
		return beyond("tooManyDirectives", m.directives, l.Directives)
	case m.spreads > l.Fragments:
		return beyond("tooManyFragments", m.spreads, l.Fragments)
	}
	return nil
}
