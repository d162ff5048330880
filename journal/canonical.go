package journal

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"commonweal/rule"
)

// maxDepth bounds how deep arrays and objects may be nested, maxWhole what a
// whole number may amount to (above it, JSON readers disagree).
const (
	maxDepth = 64
	maxWhole = 1<<53 - 1
)

// Canonical returns the JSON value in the one form of RFC 8785: no space,
// members sorted, texts escaped as little as possible. Numbers must be whole
// and within ±(2⁵³-1): a quantity is a text. What is canonical already is
// returned as it is. All else, such as duplicate members and broken UTF-8, is
// refused by the rule notARecord.
func Canonical(raw []byte) ([]byte, error) {
	out, err := canonical(raw)
	if err != nil {
		return nil, rule.Refuse("notARecord", "record", beginning(raw), "reason", err.Error())
	}
	return out, nil
}

// beginning quotes the first words of what is refused.
func beginning(raw []byte) string {
	const most = 80
	text := strings.ToValidUTF8(string(raw[:min(len(raw), most)]), "�")
	if len(raw) > most {
		text += "…"
	}
	return "“" + text + "”"
}

func canonical(raw []byte) ([]byte, error) {
	if checkCanonical(raw) == nil {
		return raw, nil
	}
	r := reader{raw: raw}
	out, err := r.value(make([]byte, 0, len(raw)), 0)
	if err != nil {
		return nil, err
	}
	r.space()
	if r.at != len(raw) {
		return nil, r.fail("something follows the JSON value")
	}
	return out, nil
}

// checkCanonical reports where raw is not one canonical JSON value.
func checkCanonical(raw []byte) error {
	c := cursor{raw: raw}
	if err := c.value(0); err != nil {
		return err
	}
	if c.at != len(raw) {
		return c.fail("something follows the JSON value")
	}
	return nil
}

// cursor walks over canonical JSON and accepts nothing else. It allocates
// nothing unless a text has escapes.
type cursor struct {
	raw []byte
	at  int
}

func (c *cursor) fail(text string) error { return fmt.Errorf("at byte %d: %s", c.at, text) }

func (c *cursor) peek() byte {
	if c.at < len(c.raw) {
		return c.raw[c.at]
	}
	return 0
}

// literal passes over exactly this text.
func (c *cursor) literal(text string) error {
	if !c.has(text) {
		return c.fail("expected " + strconv.Quote(text))
	}
	c.at += len(text)
	return nil
}

func (c *cursor) has(text string) bool {
	return len(c.raw)-c.at >= len(text) && string(c.raw[c.at:c.at+len(text)]) == text
}

// value passes over one value of any kind.
func (c *cursor) value(depth int) error {
	if depth > maxDepth {
		return c.fail("nested too deep")
	}
	switch b := c.peek(); {
	case b == '{':
		return c.object(depth)
	case b == '[':
		return c.list(func() error { return c.value(depth + 1) })
	case b == '"':
		_, err := c.text()
		return err
	case b == '-' || b >= '0' && b <= '9':
		_, err := c.whole()
		return err
	}
	for _, word := range []string{"true", "false", "null"} {
		if c.has(word) {
			c.at += len(word)
			return nil
		}
	}
	return c.fail("expected a JSON value without space before it")
}

func (c *cursor) object(depth int) error {
	c.at++
	if c.peek() == '}' {
		c.at++
		return nil
	}
	var last []byte
	for first := true; ; first = false {
		start := c.at
		key, err := c.text()
		if err != nil {
			return err
		}
		if !first && compareNames(last, key) >= 0 {
			c.at = start
			return c.fail("the member " + strconv.Quote(string(key)) + " is out of order or there twice")
		}
		last = key
		if err := c.literal(":"); err != nil {
			return err
		}
		if err := c.value(depth + 1); err != nil {
			return err
		}
		if c.peek() == '}' {
			c.at++
			return nil
		}
		if err := c.literal(","); err != nil {
			return err
		}
	}
}

// list passes over an array, calling item at each of its elements.
func (c *cursor) list(item func() error) error {
	if err := c.literal("["); err != nil {
		return err
	}
	if c.peek() == ']' {
		c.at++
		return nil
	}
	for {
		if err := item(); err != nil {
			return err
		}
		if c.peek() == ']' {
			c.at++
			return nil
		}
		if err := c.literal(","); err != nil {
			return err
		}
	}
}

// whole passes over a whole number and returns it.
func (c *cursor) whole() (int64, error) {
	start := c.at
	if c.peek() == '-' {
		c.at++
	}
	for c.peek() >= '0' && c.peek() <= '9' {
		c.at++
	}
	text := string(c.raw[start:c.at])
	n, err := strconv.ParseInt(text, 10, 64)
	switch b := c.peek(); {
	case err != nil, b == '.', b == 'e', b == 'E', n > maxWhole, n < -maxWhole, strconv.FormatInt(n, 10) != text:
		c.at = start
		return 0, c.fail("a number must be whole, at most 2^53-1, and written plainly; write others as text")
	}
	return n, nil
}

// text passes over a quoted text and returns what it says, which may share
// memory with what is read.
func (c *cursor) text() ([]byte, error) {
	if c.peek() != '"' {
		return nil, c.fail("expected a text in quotes")
	}
	c.at++
	start, escaped := c.at, false
	for c.at < len(c.raw) {
		switch b := c.raw[c.at]; {
		case b == '"':
			said := c.raw[start:c.at]
			c.at++
			if escaped {
				return unescape(said), nil
			}
			return said, nil
		case b < 0x20:
			return nil, c.fail("a control character must be escaped")
		case b == '\\':
			n := leastEscape(c.raw[c.at:])
			if n == 0 {
				return nil, c.fail("this escape is not the shortest form")
			}
			escaped = true
			c.at += n
		case b < utf8.RuneSelf:
			c.at++
		default:
			r, n := utf8.DecodeRune(c.raw[c.at:])
			if r == utf8.RuneError && n <= 1 {
				return nil, c.fail("broken UTF-8")
			}
			c.at += n
		}
	}
	return nil, c.fail("the text does not end")
}

const hexDigits = "0123456789abcdef"

// shortEscapes has for each control character that has one its short escape.
var shortEscapes = [0x20]byte{'\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r'}

// leastEscape returns the length of the escape at the start of b if it is the
// one that RFC 8785 prescribes, else 0.
func leastEscape(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', 'b', 't', 'n', 'f', 'r':
		return 2
	}
	if len(b) < 6 || string(b[1:4]) != "u00" || b[4] != '0' && b[4] != '1' {
		return 0
	}
	low := bytes.IndexByte([]byte(hexDigits), b[5])
	if low < 0 || shortEscapes[int(b[4]-'0')<<4|low] != 0 {
		return 0
	}
	return 6
}

// unescape undoes the escapes that leastEscape accepts.
func unescape(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			out = append(out, b[i])
			continue
		}
		i++
		if b[i] == 'u' {
			n, _ := strconv.ParseUint(string(b[i+1:i+5]), 16, 8) // leastEscape has seen these digits
			out = append(out, byte(n))
			i += 4
			continue
		}
		if c := bytes.IndexByte(shortEscapes[:], b[i]); c >= 0 {
			out = append(out, byte(c))
		} else {
			out = append(out, b[i])
		}
	}
	return out
}

// appendText writes s as a canonical JSON text. The text must be valid UTF-8.
func appendText[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	start := 0
	for i := range len(s) {
		b := s[i]
		if b >= 0x20 && b != '"' && b != '\\' {
			continue
		}
		dst = append(append(dst, s[start:i]...), '\\')
		start = i + 1
		switch {
		case b >= 0x20:
			dst = append(dst, b)
		case shortEscapes[b] != 0:
			dst = append(dst, shortEscapes[b])
		default:
			dst = append(dst, 'u', '0', '0', hexDigits[b>>4], hexDigits[b&15])
		}
	}
	return append(append(dst, s[start:]...), '"')
}

// compareNames orders member names by their UTF-16 code units, as RFC 8785 says.
func compareNames(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] >= utf8.RuneSelf || b[i] >= utf8.RuneSelf {
			return slices.Compare(utf16.Encode([]rune(string(a))), utf16.Encode([]rune(string(b))))
		}
		if a[i] != b[i] {
			return cmp.Compare(a[i], b[i])
		}
	}
	return cmp.Compare(len(a), len(b))
}
