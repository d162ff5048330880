package people

import (
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"commonweal/rule"
)

// The lengths of a password, in characters.
const (
	shortestPassword = 12
	longestPassword  = 128
)

// hasher works out argon2id, a few at a time, so that many sign-ins at once wait
// instead of filling the memory.
type hasher struct {
	cost  Hashing
	slots chan struct{}
	count *atomic.Int64
	dummy string // what an unknown name's password is compared with
}

func newHasher(cost Hashing, slots int) hasher {
	h := hasher{cost: cost, slots: make(chan struct{}, max(slots, 2)), count: new(atomic.Int64)}
	h.dummy = encode(cost, make([]byte, 16), make([]byte, 32))
	return h
}

func (h hasher) work(cost Hashing, password string, salt []byte) []byte {
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	h.count.Add(1)
	return argon2.IDKey([]byte(password), salt, cost.Passes, cost.Memory, cost.Threads, 32)
}

// encode writes a hash in the usual form: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func encode(cost Hashing, salt, sum []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, cost.Memory, cost.Passes, cost.Threads, b.EncodeToString(salt), b.EncodeToString(sum))
}

func decode(text string) (cost Hashing, salt, sum []byte, ok bool) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return cost, nil, nil, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &cost.Memory, &cost.Passes, &cost.Threads); err != nil || cost.Passes == 0 || cost.Threads == 0 {
		return cost, nil, nil, false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return cost, nil, nil, false
	}
	sum, err = base64.RawStdEncoding.DecodeString(parts[5])
	return cost, salt, sum, err == nil && len(sum) == 32
}

func (h hasher) hash(dice io.Reader, password string) (string, error) {
	salt := make([]byte, 16)
	if _, err := io.ReadFull(dice, salt); err != nil {
		return "", err
	}
	return encode(h.cost, salt, h.work(h.cost, password, salt)), nil
}

// same reports whether a password is the one of a hash, and whether the hash was
// made at another cost than passwords are now. An empty hash is nobody's, and
// costs as much.
func (h hasher) same(password, hash string) (right, old bool) {
	known := hash != ""
	if !known {
		hash = h.dummy
	}
	cost, salt, sum, ok := decode(hash)
	if !ok {
		cost, salt, sum, _ = decode(h.dummy)
		known = false
	}
	equal := subtle.ConstantTimeCompare(h.work(cost, password, salt), sum) == 1
	return equal && known, cost != h.cost
}

//go:embed common.txt
var commonText string

// common are the pieces that easy passwords are made of.
var common = strings.Fields(commonText)

// checkPassword refuses passwords that are too short or too long, or are made of
// what everybody tries first. It does not ask for digits or signs.
func checkPassword(password, name string) error {
	weak := func(reason string) error { return rule.Refuse("weakPassword", "reason", reason) }
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return weak("it is no text")
	case n < shortestPassword:
		return weak(fmt.Sprintf("it has %d characters", n))
	case n > longestPassword:
		return weak(fmt.Sprintf("it has %d characters", n))
	case isKnown(password):
		return weak(foundInABreach)
	case easy(password, name):
		return weak("it is one of those that are tried first")
	}
	return nil
}

const foundInABreach = "it was found in a breach of some other place, and is among those that are tried"

// instead are signs that stand for letters in what people think of.
var instead = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i", "8", "b")

// easy reports whether hardly anything is left of a password without common
// pieces, the sign-in name, runs and repetitions, digits at the end, and signs.
func easy(password, name string) bool {
	plain := strings.ToLower(password)
	for _, text := range []string{plain, instead.Replace(plain)} {
		if left(text, strings.ToLower(name)) < 4 {
			return true
		}
	}
	return false
}

// left counts the characters of a text that cannot be guessed from the others.
func left(text, name string) int {
	if utf8.RuneCountInString(name) >= 3 {
		text = strings.ReplaceAll(text, name, "\x00")
	}
	for _, piece := range common {
		text = strings.ReplaceAll(text, piece, "\x00")
	}
	runes := []rune(text)
	count := 0
	seen := map[rune]bool{}
	for i, r := range runes {
		digit := unicode.IsDigit(r)
		next := i > 0 && (r == runes[i-1] || r == runes[i-1]+1 || r == runes[i-1]-1) // aaa, abc, 321
		if r != 0 && !next && !seen[r] && (unicode.IsLetter(r) || digit && !tail(runes[i:])) {
			count++
		}
		seen[r] = true
	}
	return count
}

// tail reports whether only digits and signs follow.
func tail(runes []rune) bool {
	for _, r := range runes {
		if unicode.IsLetter(r) {
			return false
		}
	}
	return true
}
