package graphql

import (
	_ "embed"
	"strings"

	"commonweal/vf"
)

//go:embed words.txt
var wordsText string

// words has the text of each type, field and argument, by its place: "Agent",
// "Agent.name", "Agent.name(arg)". A star stands for any type or field; the first
// of the places that fit and that has a text gives it.
var words = func() map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(wordsText) {
		line = strings.TrimSpace(line)
		place, text, ok := strings.Cut(line, ": ")
		if line == "" || line[0] == '#' {
			continue
		}
		if !ok || m[place] != "" || strings.ContainsAny(text, `"\`) {
			panic("graphql: words.txt: " + line)
		}
		m[place] = text
	}
	for property, text := range vf.OwnProperties {
		_, says, _ := strings.Cut(text, ": ")
		if m["*."+property] == "" {
			m["*."+property] = upper(says) + "."
		}
	}
	return m
}()

// endings are types that belong to another one, by the end of their name.
var endings = []string{"Connection", "Edge", "FilterParams", "CreateParams", "UpdateParams", "Response"}

// worded returns the text of a type, a field of it, or an argument of that; "" if
// words.txt says nothing, which a test forbids.
func worded(typ, field, argument string) string {
	name, of := typ, ""
	for _, e := range endings {
		if class, ok := strings.CutSuffix(typ, e); ok && class != "" {
			name, of = "*"+e, class
			break
		}
	}
	var places []string
	switch {
	case argument != "":
		places = []string{typ + "." + field + "(" + argument + ")", name + "." + field + "(" + argument + ")", "*." + field + "(" + argument + ")", typ + ".*(" + argument + ")", "(" + argument + ")"}
	case field != "":
		places = []string{typ + "." + field, name + "." + field, "*." + field, name + ".*"}
	default:
		places = []string{typ, name}
	}
	for _, p := range places {
		if text := words[p]; text != "" {
			return strings.NewReplacer("{of}", of, "{field}", field, "{type}", typ).Replace(text)
		}
	}
	return made(typ, field)
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }
