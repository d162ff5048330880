package people

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // Pwned Passwords lists passwords by it; nothing of ours is kept by it
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	"commonweal/rule"
)

// knownText has, of the passwords of 12 characters and more that are most used and
// were found in breaches, the first eight bytes of the SHA-256 of their small letters,
// in order. tools/breached.sh makes it.
//
//go:embed breached.bin
var knownText string

const knownWidth = 8

// isKnown reports whether a password is among those that come with the program, in
// large or small letters.
func isKnown(password string) bool {
	sum := sha256.Sum256([]byte(strings.ToLower(password)))
	want := string(sum[:knownWidth])
	n := len(knownText) / knownWidth
	entry := func(i int) string { return knownText[i*knownWidth : (i+1)*knownWidth] }
	i := sort.Search(n, func(i int) bool { return entry(i) >= want })
	return i < n && entry(i) == want
}

// breaches is a list of passwords from breaches in a file, as Pwned Passwords gives
// them: a line for each, in order, with the SHA-1 in hexadecimal, a colon, and how
// often it was found. Of the file only the lines are read that a search comes by.
type breaches struct {
	file *os.File
	size int64
}

// The longest line that is read: 40 digits, a colon, a count, an end.
const (
	digits      = 40
	longestLine = 64
)

// openBreaches opens a list. It looks at how it begins and ends.
func openBreaches(path string) (*breaches, error) {
	bad := func(reason string) error { return rule.Refuse("badPasswordList", "path", path, "reason", reason) }
	f, err := os.Open(path)
	if err != nil {
		return nil, bad(err.Error())
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(bad("it is not a file"), f.Close())
	}
	b := &breaches{f, info.Size()}
	if !b.sound() {
		return nil, errors.Join(bad("its lines are not 40 hexadecimal digits, a colon and a number, in order"), f.Close())
	}
	return b, nil
}

// sound reports whether the first line and the last ones are lines of a list, and in order.
func (b *breaches) sound() bool {
	before, _, err := b.line(0)
	for at := max(0, b.size-longestLine); err == nil && at < b.size; {
		var hash string
		hash, at, err = b.line(at)
		if err == nil && hash < before {
			return false
		}
		before = hash
	}
	return err == nil
}

// Close closes the file.
func (b *breaches) Close() error { return b.file.Close() }

// has reports whether a password is in the list.
func (b *breaches) has(password string) (bool, error) {
	sum := sha1.Sum([]byte(password)) //nolint:gosec // as above
	want := strings.ToUpper(hex.EncodeToString(sum[:]))
	low, high := int64(0), b.size
	for low < high {
		middle := low + (high-low)/2
		hash, end, err := b.line(middle)
		switch {
		case errors.Is(err, io.EOF): // no line begins behind it
			high = middle
		case err != nil:
			return false, err
		case hash == want:
			return true, nil
		case hash < want:
			low = end
		default:
			high = middle
		}
	}
	return false, nil
}

// line reads the first line that begins at a place or behind it: its hash, and where
// it ends. io.EOF is that there is none.
func (b *breaches) line(at int64) (hash string, end int64, err error) {
	begin := max(0, at-1) // a line begins at a place if one ends before it
	buf := make([]byte, 2*longestLine)
	n, err := b.file.ReadAt(buf, begin)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", 0, err
	}
	buf = buf[:n]
	skip := 0
	if at > 0 {
		skip = bytes.IndexByte(buf, '\n') + 1
		if skip == 0 && begin+int64(n) < b.size {
			return "", 0, fmt.Errorf("%s: a line near byte %d is too long", b.file.Name(), at)
		}
		if skip == 0 || skip == len(buf) {
			return "", 0, io.EOF
		}
	}
	text, _, ended := strings.Cut(string(buf[skip:]), "\n")
	hash, _, counted := strings.Cut(text, ":")
	if _, err := hex.DecodeString(hash); err != nil || !counted || len(hash) != digits || !ended && begin+int64(n) < b.size {
		return "", 0, fmt.Errorf("%s: what stands near byte %d is no line of the list", b.file.Name(), at)
	}
	end = begin + int64(skip+len(text))
	if ended {
		end++
	}
	return strings.ToUpper(hash), end, nil
}
