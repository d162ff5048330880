package people

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/secure/precis"

	"commonweal/rule"
)

// The lengths of a sign-in name, in characters.
const (
	shortestName = 2
	longestName  = 64
	longestMail  = 254 // RFC 5321
)

// foldName returns a sign-in name as it is compared and as it is shown. Names
// are compared by the profile UsernameCaseMapped of RFC 8265: width, case and
// composition make no difference. All letters are of one script, so that no name
// looks like another by letters borrowed from elsewhere.
func foldName(name string) (folded, shown string, err error) {
	bad := func(reason string) (string, string, error) {
		return "", "", rule.Refuse("badSignInName", "reason", reason)
	}
	if len(name) > 4*longestName || !utf8.ValidString(name) {
		return bad("it is too long, or no text")
	}
	shown, err = precis.UsernameCasePreserved.String(name)
	if err != nil {
		return bad("it is empty, or has a space or a sign in it that no name has")
	}
	if folded, err = precis.UsernameCaseMapped.String(name); err != nil {
		return bad("it has a sign in it that no name has")
	}
	if n := utf8.RuneCountInString(folded); n < shortestName || n > longestName {
		return bad("it is too short or too long")
	}
	if !oneScript(folded) {
		return bad("its letters are of several scripts")
	}
	return folded, shown, nil
}

// together are scripts that one language writes with.
var together = map[string]string{"Hiragana": "Han", "Katakana": "Han", "Bopomofo": "Han", "Hangul": "Han"}

func oneScript(name string) bool {
	found := ""
	for _, r := range name {
		if !unicode.IsLetter(r) {
			continue
		}
		s := scriptOf(r)
		if t, ok := together[s]; ok {
			s = t
		}
		if s == "Common" || s == "Inherited" {
			continue
		}
		if found != "" && s != found {
			return false
		}
		found = s
	}
	return true
}

func scriptOf(r rune) string {
	if r < 0x250 {
		return "Latin" // by far the most
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return name
		}
	}
	return ""
}

// checkMail accepts an empty text, or one plain address.
func checkMail(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != text || len(text) > longestMail || strings.ContainsFunc(text, unicode.IsControl) {
		return "", rule.Refuse("badMail")
	}
	return text, nil
}
