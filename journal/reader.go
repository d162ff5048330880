package journal

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// reader reads JSON as people and programs write it, and writes it canonically.
type reader struct {
	raw []byte
	at  int
}

func (r *reader) fail(text string) error { return fmt.Errorf("at byte %d: %s", r.at, text) }

func (r *reader) space() {
	for r.at < len(r.raw) {
		switch r.raw[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// next passes over space and returns the byte after it, 0 at the end.
func (r *reader) next() byte {
	r.space()
	if r.at < len(r.raw) {
		return r.raw[r.at]
	}
	return 0
}

func (r *reader) value(dst []byte, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, r.fail("nested too deep")
	}
	switch r.next() {
	case '{':
		return r.object(dst, depth)
	case '[':
		return r.list(dst, depth)
	case '"':
		s, err := r.text()
		if err != nil {
			return nil, err
		}
		return appendText(dst, s), nil
	}
	c := cursor{raw: r.raw, at: r.at} // numbers and words have one form
	if err := c.value(depth); err != nil {
		return nil, err
	}
	dst = append(dst, r.raw[r.at:c.at]...)
	r.at = c.at
	return dst, nil
}

// member is where a member of an object stands in what was written.
type member struct {
	name     []byte
	from, to int
}

func (r *reader) object(dst []byte, depth int) ([]byte, error) {
	dst = append(dst, '{')
	start := len(dst)
	var members []member
	sorted := true
	r.at++
	for r.next() != '}' || len(members) > 0 {
		m := member{from: len(dst)}
		var err error
		if r.next() != '"' {
			return nil, r.fail("expected a member's name in quotes")
		}
		if m.name, err = r.text(); err != nil {
			return nil, err
		}
		if r.next() != ':' {
			return nil, r.fail("expected a colon after a member's name")
		}
		r.at++
		dst = append(appendText(dst, m.name), ':')
		if dst, err = r.value(dst, depth+1); err != nil {
			return nil, err
		}
		m.to = len(dst)
		sorted = sorted && (len(members) == 0 || compareNames(members[len(members)-1].name, m.name) < 0)
		members = append(members, m)
		if r.next() != ',' {
			break
		}
		r.at++
		dst = append(dst, ',')
	}
	if r.next() != '}' {
		return nil, r.fail("expected a comma or the end of an object")
	}
	r.at++
	if !sorted {
		var err error
		if dst, err = sortMembers(dst, start, members); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// sortMembers puts the members written from start on into canonical order.
func sortMembers(dst []byte, start int, members []member) ([]byte, error) {
	slices.SortStableFunc(members, func(a, b member) int { return compareNames(a.name, b.name) })
	written := slices.Clone(dst[start:])
	dst = dst[:start]
	for i, m := range members {
		if i > 0 {
			if bytes.Equal(members[i-1].name, m.name) {
				return nil, fmt.Errorf("the member %q is there twice", m.name)
			}
			dst = append(dst, ',')
		}
		dst = append(dst, written[m.from-start:m.to-start]...)
	}
	return dst, nil
}

func (r *reader) list(dst []byte, depth int) ([]byte, error) {
	dst = append(dst, '[')
	r.at++
	for first := true; r.next() != ']' || !first; first = false {
		var err error
		if dst, err = r.value(dst, depth+1); err != nil {
			return nil, err
		}
		if r.next() != ',' {
			break
		}
		r.at++
		dst = append(dst, ',')
	}
	if r.next() != ']' {
		return nil, r.fail("expected a comma or the end of a list")
	}
	r.at++
	return append(dst, ']'), nil
}

// text reads a quoted text with any legal escapes. What it returns may share
// memory with what is read.
func (r *reader) text() ([]byte, error) {
	r.at++
	var out []byte
	for start := r.at; r.at < len(r.raw); {
		switch b := r.raw[r.at]; {
		case b == '"':
			said := r.raw[start:r.at]
			r.at++
			if out == nil {
				return said, nil
			}
			return append(out, said...), nil
		case b == '\\':
			out = append(out, r.raw[start:r.at]...)
			c, err := r.escape()
			if err != nil {
				return nil, err
			}
			out, start = utf8.AppendRune(out, c), r.at
		case b < 0x20:
			return nil, r.fail("a control character must be escaped")
		case b < utf8.RuneSelf:
			r.at++
		default:
			c, n := utf8.DecodeRune(r.raw[r.at:])
			if c == utf8.RuneError && n <= 1 {
				return nil, r.fail("broken UTF-8")
			}
			r.at += n
		}
	}
	return nil, r.fail("the text does not end")
}

// escape reads one escape, or two that together are one character.
func (r *reader) escape() (rune, error) {
	if r.at+1 >= len(r.raw) {
		return 0, r.fail("the escape does not end")
	}
	switch b := r.raw[r.at+1]; b {
	case '"', '\\', '/':
		r.at += 2
		return rune(b), nil
	case 'u':
		first, err := r.unit()
		if err != nil || !utf16.IsSurrogate(first) {
			return first, err
		}
		second, err := r.unit()
		if err != nil {
			return 0, err
		}
		if c := utf16.DecodeRune(first, second); c != utf8.RuneError {
			return c, nil
		}
		return 0, r.fail("half of a surrogate pair")
	default:
		for c, short := range shortEscapes {
			if short != 0 && short == b {
				r.at += 2
				return rune(c), nil
			}
		}
	}
	return 0, r.fail("there is no such escape")
}

// unit reads "\u" and four digits.
func (r *reader) unit() (rune, error) {
	if len(r.raw)-r.at < 6 || string(r.raw[r.at:r.at+2]) != `\u` {
		return 0, r.fail(`expected \u and four digits`)
	}
	n, err := strconv.ParseUint(string(r.raw[r.at+2:r.at+6]), 16, 16)
	if err != nil {
		return 0, r.fail(`expected \u and four digits`)
	}
	r.at += 6
	return rune(n), nil
}
