package format

import (
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"commonweal/rule"
)

// The bounds within which a file is read.
const (
	maxDepth  = 64
	maxText   = 1 << 20
	maxValues = 1_000_000
)

// jsonReader reads JSON from a stream value by value, with line and column. It
// accepts exactly RFC 8259, refuses a name that occurs twice in one object, and
// keeps numbers as their digits.
type jsonReader struct {
	file   string
	in     io.Reader
	buf    []byte
	at     int // next byte in buf
	line   int32
	start  int64 // offset at which the line begins, moved on by bytes that are no characters of their own
	passed int64 // offset of buf[0]
	ended  bool
	fault  error // of the stream
	depth  int
	values int // in this record
	text   []byte
	names  map[string]string
}

func newJSONReader(file string, in io.Reader) *jsonReader {
	return &jsonReader{file: file, in: in, buf: make([]byte, 0, 1<<16), line: 1, names: map[string]string{}}
}

// fill brings more bytes; false at the end of the stream.
func (p *jsonReader) fill() bool {
	for p.at >= len(p.buf) && !p.ended {
		p.passed += int64(len(p.buf))
		p.at = 0
		n, err := p.in.Read(p.buf[:cap(p.buf)])
		p.buf = p.buf[:n]
		if err != nil {
			p.ended = true
			if err != io.EOF {
				p.fault = err
			}
		}
	}
	return p.at < len(p.buf)
}

// peek returns the next byte, 0 at the end.
func (p *jsonReader) peek() byte {
	if p.at < len(p.buf) || p.fill() {
		return p.buf[p.at]
	}
	return 0
}

// position is where the next byte stands.
func (p *jsonReader) position() position {
	return position{p.line, int32(min(p.passed+int64(p.at)-p.start+1, 1<<31-1))}
}

func (p *jsonReader) refuse(pos position, name rule.Name, values ...string) error {
	if p.fault != nil {
		return fmt.Errorf("reading %s: %w", p.file, p.fault)
	}
	return rule.Refuse(name, values...).At(pos.in(p.file))
}

// bad refuses what stands next.
func (p *jsonReader) bad(wanted string) error {
	pos := p.position()
	if p.at >= len(p.buf) && !p.fill() {
		return p.refuse(pos, "notJSON", "reason", "the file ends where "+wanted+" should stand")
	}
	found := strconv.QuoteRune(rune(p.buf[p.at]))
	if p.buf[p.at] >= utf8.RuneSelf {
		r, size := utf8.DecodeRune(p.buf[p.at:])
		if found = strconv.QuoteRune(r); size == 1 {
			found = fmt.Sprintf("the byte 0x%02x", p.buf[p.at])
		}
	}
	return p.refuse(pos, "notJSON", "reason", found+" stands where "+wanted+" should stand")
}

// space skips white space and returns the next byte, 0 at the end.
func (p *jsonReader) space() byte {
	for {
		c := p.peek()
		switch c {
		case '\n':
			p.at++
			p.line++
			p.start = p.passed + int64(p.at)
		case ' ', '\t', '\r':
			p.at++
		default:
			return c
		}
	}
}

// take skips the byte c if it is next after white space.
func (p *jsonReader) take(c byte) bool {
	if p.space() != c || p.at >= len(p.buf) {
		return false
	}
	p.at++
	return true
}

// value reads one value.
func (p *jsonReader) value() (*node, error) {
	c := p.space()
	n := &node{pos: p.position()}
	if p.values++; p.values > maxValues {
		return nil, p.refuse(n.pos, "tooLarge", "what", "one record", "limit", strconv.Itoa(maxValues)+" values")
	}
	var err error
	switch {
	case c == '{':
		n.kind = isObject
		var seen names
		err = p.object(func(name string, at position) error {
			if seen.again(n.members, name) {
				return p.refuse(at, "duplicateKey", "key", shorten(name))
			}
			v, err := p.value()
			n.members = append(n.members, member{name, at, v})
			return err
		})
	case c == '[':
		n.kind = isList
		err = p.array(func() error {
			v, err := p.value()
			n.list = append(n.list, v)
			return err
		})
	case c == '"':
		n.kind = isText
		n.text, err = p.string()
	case c == '-' || c >= '0' && c <= '9':
		n.kind = isNumber
		n.text, err = p.number()
	case c == 't' || c == 'f' || c == 'n':
		err = p.word(n)
	default:
		err = p.bad("a value")
	}
	return n, err
}

// object reads an object, calling each for a name whose value is next.
func (p *jsonReader) object(each func(name string, at position) error) error {
	pos := p.position()
	p.at++
	if p.depth++; p.depth > maxDepth {
		return p.refuse(pos, "tooDeep", "limit", strconv.Itoa(maxDepth))
	}
	defer func() { p.depth-- }()
	if p.take('}') {
		return nil
	}
	for {
		if p.space() != '"' {
			return p.bad("a name in double quotes")
		}
		at := p.position()
		name, err := p.string()
		if err != nil {
			return err
		}
		if !p.take(':') {
			return p.bad("a colon")
		}
		if err := each(p.intern(name), at); err != nil {
			return err
		}
		if p.take('}') {
			return nil
		}
		if !p.take(',') {
			return p.bad("a comma or }")
		}
	}
}

// array reads a list, calling each where a value is next.
func (p *jsonReader) array(each func() error) error {
	pos := p.position()
	p.at++
	if p.depth++; p.depth > maxDepth {
		return p.refuse(pos, "tooDeep", "limit", strconv.Itoa(maxDepth))
	}
	defer func() { p.depth-- }()
	if p.take(']') {
		return nil
	}
	for {
		if err := each(); err != nil {
			return err
		}
		if p.take(']') {
			return nil
		}
		if !p.take(',') {
			return p.bad("a comma or ]")
		}
	}
}

// intern keeps one copy of the names that occur again and again.
func (p *jsonReader) intern(name string) string {
	if kept, ok := p.names[name]; ok {
		return kept
	}
	if len(p.names) < 1024 {
		p.names[name] = name
	}
	return name
}

func (p *jsonReader) word(n *node) error {
	for _, w := range []string{"true", "false", "null"} {
		if w[0] != p.buf[p.at] {
			continue
		}
		for i := range len(w) {
			if p.peek() != w[i] {
				return p.bad("the word " + w)
			}
			p.at++
		}
		if w != "null" {
			n.kind, n.text = isTruth, w
		}
	}
	return nil
}

// digits appends the digits that are next and says whether there were any.
func (p *jsonReader) digits() bool {
	some := false
	for c := p.peek(); c >= '0' && c <= '9' && len(p.text) < maxText; c = p.peek() {
		p.text = append(p.text, c)
		p.at++
		some = true
	}
	return some
}

func (p *jsonReader) number() (string, error) {
	p.text = p.text[:0]
	sign := func(which string) {
		for i := range len(which) {
			if p.peek() == which[i] {
				p.text = append(p.text, which[i])
				p.at++
				return
			}
		}
	}
	sign("-")
	if p.peek() == '0' {
		p.text = append(p.text, '0')
		p.at++
	} else if !p.digits() {
		return "", p.bad("a digit")
	}
	if p.peek() == '.' {
		sign(".")
		if !p.digits() {
			return "", p.bad("a digit after the point")
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		sign("eE")
		sign("+-")
		if !p.digits() {
			return "", p.bad("a digit of the exponent")
		}
	}
	return string(p.text), nil
}

// string reads a text in double quotes.
func (p *jsonReader) string() (string, error) {
	pos := p.position()
	p.at++
	p.text = p.text[:0]
	ascii := true
	for {
		c := p.peek()
		switch {
		case c == '"':
			p.at++
			if !ascii && !utf8.Valid(p.text) {
				return "", p.refuse(pos, "notJSON", "reason", "this text is not valid UTF-8")
			}
			return string(p.text), nil
		case c == '\\':
			if err := p.escape(); err != nil {
				return "", err
			}
			ascii = false
		case c < ' ':
			return "", p.bad("a character of the text or its closing quote")
		default:
			if c >= utf8.RuneSelf {
				ascii = false
				if c < 0xC0 {
					p.start++ // a byte that continues a character is not a column
				}
			}
			p.text = append(p.text, c)
			p.at++
		}
		if len(p.text) > maxText {
			return "", p.refuse(pos, "tooLarge", "what", "one text", "limit", "1 MiB")
		}
	}
}

// escape reads what begins with a backslash.
func (p *jsonReader) escape() error {
	p.at++
	switch c := p.peek(); c {
	case '"', '\\', '/':
		p.text = append(p.text, c)
	case 'b':
		p.text = append(p.text, '\b')
	case 'f':
		p.text = append(p.text, '\f')
	case 'n':
		p.text = append(p.text, '\n')
	case 'r':
		p.text = append(p.text, '\r')
	case 't':
		p.text = append(p.text, '\t')
	case 'u':
		return p.unicode()
	default:
		return p.bad(`one of " \ / b f n r t u`)
	}
	p.at++
	return nil
}

// unicode reads \uXXXX, and the second half of a pair.
func (p *jsonReader) unicode() error {
	pos := p.position()
	r, err := p.hex()
	if err != nil {
		return err
	}
	if utf16.IsSurrogate(r) {
		if p.peek() != '\\' {
			return p.refuse(pos, "notJSON", "reason", `half of a \u pair stands alone`)
		}
		p.at++
		if p.peek() != 'u' {
			return p.bad("the second half of a \\u pair")
		}
		low, err := p.hex()
		if err != nil {
			return err
		}
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return p.refuse(pos, "notJSON", "reason", `half of a \u pair stands alone`)
		}
	}
	p.text = utf8.AppendRune(p.text, r)
	return nil
}

// hex reads u and four digits.
func (p *jsonReader) hex() (rune, error) {
	p.at++
	var r rune
	for range 4 {
		d, err := strconv.ParseUint(string(rune(p.peek())), 16, 8)
		if err != nil || p.peek() >= utf8.RuneSelf {
			return 0, p.bad("a hexadecimal digit")
		}
		r = r<<4 | rune(d)
		p.at++
	}
	return r, nil
}
