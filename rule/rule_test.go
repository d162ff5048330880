package rule

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

//go:generate env COMMONWEAL_WRITE=1 go test -count=1 -run TestThePageOfRefusalsIsFresh .

const page = "../doc/refusals.md"

// pageText is doc/refusals.md: a row for each rule.
func pageText() string {
	var b strings.Builder
	b.WriteString("# Refusals\n\n" +
		"Whatever Commonweal refuses, it refuses by one of these rules: it says what happened, with the values, then what would be accepted, then the\n" +
		"rule's name in brackets. The names last; programs may rely on them (`--json` gives name and values apart). Each is provoked by a file in\n" +
		"`cmd/commonweal/testdata/refusals/`. Words in braces stand for values. This page is generated: `go generate ./rule`.\n\n" +
		"| rule | what it says | how to go on |\n|---|---|---|\n")
	escape := strings.NewReplacer("|", `\|`, "<", "&lt;", "\n", " ")
	for _, r := range All() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.Name, escape.Replace(r.Sentence), escape.Replace(r.Hint))
	}
	return b.String()
}

func TestThePageOfRefusalsIsFresh(t *testing.T) {
	if os.Getenv("COMMONWEAL_WRITE") != "" {
		if err := os.WriteFile(page, []byte(pageText()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != pageText() {
		t.Error("doc/refusals.md is not what the catalogue says; run: go generate ./rule")
	}
}

func TestTheCatalogueIsInOrder(t *testing.T) {
	t.Parallel()
	seen := map[Name]bool{}
	for _, r := range All() {
		if seen[r.Name] {
			t.Errorf("%s stands twice in the catalogue", r.Name)
		}
		seen[r.Name] = true
		if !regexp.MustCompile(`^[a-z][a-zA-Z]*$`).MatchString(string(r.Name)) {
			t.Errorf("%s is not in camelCase", r.Name)
		}
		for what, text := range map[string]string{"sentence": r.Sentence, "hint": r.Hint} {
			last := strings.TrimRight(text, "”\"")
			if !strings.HasSuffix(last, ".") || strings.Contains(text, "  ") || strings.TrimSpace(text) != text {
				t.Errorf("the %s of %s is no plain sentence: %q", what, r.Name, text)
			}
		}
	}
}

func TestARefusalTellsAll(t *testing.T) {
	t.Parallel()
	r := Refuse("notAStep", "value", "1.5 one", "step", "1", "below", "1", "above", "2")
	if want := "1.5 one does not fit the step 1 of its unit."; r.Sentence() != want {
		t.Errorf("sentence %q, want %q", r.Sentence(), want)
	}
	placed := r.At("need/1 resourceQuantity").At("elsewhere")
	want := "need/1 resourceQuantity: 1.5 one does not fit the step 1 of its unit. The nearest quantities that fit are 1 and 2. [notAStep]"
	if placed.Error() != want || r.Place != "" {
		t.Errorf("%q, want %q", placed.Error(), want)
	}
	if r.Value("below") != "1" || r.Value("beyond") != "" {
		t.Error("the values are not found by name")
	}
	var found *Refusal
	if wrapped := fmt.Errorf("importing: %w", placed); !errors.As(wrapped, &found) || found != placed {
		t.Error("a wrapped refusal is not found")
	}
	// A value with braces is text, not a place to fill.
	if got := Refuse("notANumber", "value", "{value}").Sentence(); got != "“{value}” is not a number." {
		t.Errorf("%q", got)
	}
	if Known("notThere") || !strings.Contains(Refuse("notThere").Error(), "notThere") {
		t.Error("a rule that is not in the catalogue is not told as such")
	}
}
