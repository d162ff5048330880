package format

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"commonweal/rule"
	"commonweal/vf"
)

// base has what the cases below refer to.
const base = `
  {"@id":"kg","@type":"Unit","label":"kg","omUnitIdentifier":"kilogram"},
  {"@id":"L","@type":"Unit","label":"litre","omUnitIdentifier":"litre"},
  {"@id":"h","@type":"Unit","label":"hour","omUnitIdentifier":"hour"},
  {"@id":"one","@type":"Unit","label":"one","omUnitIdentifier":"one"},
  {"@id":"ann","@type":"Person","name":"Ann"},
  {"@id":"wool","@type":"ResourceSpecification","name":"Wool","defaultUnitOfResource":"kg"},
  {"@id":"shear","@type":"ProcessSpecification","name":"Shear"},
`

// faultCases are inputs with the refusal and the place that they must get. One
// that begins with a bracket is put behind the base, as a record.
var faultCases = []struct{ input, rule, place string }{
	// syntax
	{`{"@graph": [}`, "notJSON", "f.jsonld:1:13"},
	{"{\"@graph\":\n [{\"@id\" 1}]}", "notJSON", "f.jsonld:2:10"},
	{"{\"@graph\":\n [{\"ä\": \"ö\", 5}]}", "notJSON", "f.jsonld:2:14"},
	{`{"@graph": [` + "\n" + `"` + "\xff" + `"]}`, "notJSON", "f.jsonld:2:1"},
	{`{"@graph": []} x`, "notJSON", "f.jsonld:1:16"},
	{`{"@graph": ["\ud800"]}`, "notJSON", "f.jsonld:1:15"},
	{`{"@graph": {"a": 01}}`, "notJSON", "f.jsonld:1:19"},
	{`nothing`, "notJSON", "f.jsonld:1:1"},
	{``, "notJSON", "f.jsonld:1:1"},
	{`{"@graph": [{"name": 1, "name": 2}]}`, "duplicateKey", "f.jsonld:1:25"},
	{`{"@graph": ` + strings.Repeat("[", 100), "tooDeep", "f.jsonld:1:75"},
	{`{"@graph": [{"name": "` + strings.Repeat("x", 2<<20) + `"}]}`, "tooLarge", "f.jsonld:1:22"},
	{`{"@graph": [17]}`, "notANetwork", "f.jsonld:1:13"},
	{`{}`, "notANetwork", "f.jsonld:1:1"},
	{`{"@graph": [], "nodes": []}`, "notANetwork", "f.jsonld:1:16"},
	// contexts
	{`{"@context": "https://elsewhere.example/c", "@graph": []}`, "unknownContext", "f.jsonld:1:14"},
	{`{"@context": {"name": {"@id": 5}}, "@graph": []}`, "badContext", "f.jsonld:1:14"},
	{`{"@context": {"v": "` + VF + `"}, "@graph": [{"@id": "x", "@type": "v:Person", "nom": "Ann"}]}`, "unknownProperty", "f.jsonld:1:105"},
	{`{"@context": {"v": "` + VF + `"}, "@graph": [{"@id": "x", "@type": "v:Person", "v:primaryLocation": {"nom": "Ann"}}]}`, "unknownProperty", "f.jsonld:1:127"},
	{`{"@context": {"v": "` + VF + `", "at": {"@id": "v:primaryLocation", "@context": {"as": "v:name"}}}, "@graph": [{"@id": "x", "@type": "v:Person", "at": {"as": "Ann", "of": 1}}]}`, "badContext", "f.jsonld:1:"},
	{`{"@context": {"v": "` + VF + `"}, "@graph": [{"@id": "x", "@type": "v:Person", "v:nam": "Ann"}]}`, "unknownProperty", "f.jsonld:1:114: x"},
	// records
	{`{"@type": "Person", "name": "Bo"}`, "missingId", "f.jsonld:9:1"},
	{`{"@id": "bo", "name": "Bo"}`, "missingType", "f.jsonld:9:1"},
	{`{"@id": "bo", "@type": "Persona", "name": "Bo"}`, "unknownClass", "f.jsonld:9:24"},
	{`{"@id": "b o", "@type": "Person", "name": "Bo"}`, "badId", "f.jsonld:9:9"},
	{`{"@id": "_:b", "@type": "Person", "name": "Bo"}`, "badId", "f.jsonld:9:9"},
	{`{"@id": "ann", "@type": "Person", "name": "Bo"}`, "duplicateId", "f.jsonld:9:1: ann @id"},
	{`{"@id": "bo", "@type": "Person", "nmae": "Bo"}`, "unknownProperty", "f.jsonld:9:34: bo"},
	{`{"@id": "bo", "@type": "Person", "name": ["Bo", "Bob"]}`, "badProperty", "f.jsonld:9:42: bo name"},
	{`{"@id": "bo", "@type": "Person", "name": true}`, "badProperty", "f.jsonld:9:42: bo name"},
	{`{"@id": "bo", "@type": "Person", "primaryLocation": "moon"}`, "unknownReference", "f.jsonld:9:1: bo primaryLocation"},
	{`{"@id": "bo", "@type": "Person", "name": "Bo", "primaryLocation": "wool"}`, "wrongReference", "f.jsonld:9:1: bo primaryLocation"},
	{`{"@id": "bo", "@type": "Person", "name": "Bo", "primaryLocation": {"@type": "Person"}}`, "wrongReference", "f.jsonld:9:77: bo primaryLocation"},
	{`{"@id": "p", "@type": "Process", "hasInput": ["nowhere"]}`, "unknownReference", "f.jsonld:9:47: p hasInput"},
	{`{"@id": "p", "@type": "Process", "hasInput": ["ann"]}`, "wrongReference", "f.jsonld:9:47: p hasInput"},
	{`{"@id": "p", "@type": "Process"}, {"@id": "q", "@type": "Process", "hasInput": {"@id": "i", "@type": "Intent", "inputOf": "p"}}`, "contradiction", "f.jsonld:9:80: q hasInput"},
	// quantities
	{need(`"resourceQuantity": {"hasNumericalValue": "1,5", "hasUnit": "kg"}`), "notANumber", "f.jsonld:9:124: n resourceQuantity"},
	{need(`"resourceQuantity": {"hasNumericalValue": 1e30, "hasUnit": "kg"}`), "numberTooLarge", "f.jsonld:9:124: n resourceQuantity"},
	{need(`"resourceQuantity": {"hasNumericalValue": 1, "hasUnit": "stone"}`), "unknownUnit", "f.jsonld:9:1: n resourceQuantity"},
	{need(`"resourceQuantity": "1 stone"`), "unknownUnit", "f.jsonld:9:124: n resourceQuantity"},
	{need(`"resourceQuantity": "many"`), "notANumber", "f.jsonld:9:124: n resourceQuantity"},
	{need(`"resourceQuantity": {"hasNumericalValue": 1, "hasUnits": "kg"}`), "unknownProperty", "f.jsonld:9:124: n resourceQuantity"},
	{need(`"resourceQuantity": {"hasNumericalValue": 1}`), "badProperty", "f.jsonld:9:124: n resourceQuantity"},
	{need(`"resourceQuantity": "1 L"`), "unitMismatch", "f.jsonld:9:1: n resourceQuantity"},
	{need(`"resourceQuantity": "-1 kg"`), "negativeQuantity", "f.jsonld:9:1: n resourceQuantity"},
	{need(`"tier": 1`), "missingProperty", "f.jsonld:9:1: n resourceQuantity"},
	{need(`"resourceQuantity": "1 kg", "due": "tomorrow"`), "notATime", "f.jsonld:9:139: n due"},
	{need(`"resourceQuantity": "1 kg", "people": -1`), "badAmount", "f.jsonld:9:1: n people"},
	{need(`"resourceQuantity": "1 kg", "leadTime": "1 kg"`), "notADuration", "f.jsonld:9:1: n leadTime"},
	{need(`"resourceQuantity": "1 kg", "hasBeginning": "2023-09-02", "hasEnd": "2023-09-01"`), "endsBeforeBeginning", "f.jsonld:9:1: n hasEnd"},
	{need(`"resourceQuantity": "1 kg", "hasBeginning": "2023-09-02", "hasPointInTime": "2023-09-02"`), "pointAndInterval", "f.jsonld:9:1: n hasPointInTime"},
	{`{"@id": "e", "@type": "EconomicEvent", "action": "raise", "resourceConformsTo": "wool", "resourceQuantity": "0.5 one"}`, "notAStep", "f.jsonld:9:1: e resourceQuantity"},
	{`{"@id": "e", "@type": "EconomicEvent", "action": "raise", "resourceConformsTo": "wool", "resourceQuantity": "-5 kg"}`, "negativeQuantity", "f.jsonld:9:1: e resourceQuantity"},
	{`{"@id": "e", "@type": "EconomicEvent", "action": "transfer", "provider": "ann", "resourceQuantity": "5 kg"}`, "missingProperty", "f.jsonld:9:1: e receiver"},
	{`{"@id": "e", "@type": "EconomicEvent", "action": "lend", "resourceQuantity": "5 kg"}`, "unknownAction", "f.jsonld:9:50: e action"},
	{`{"@id": "u", "@type": "Unit", "label": "u", "step": 0}`, "badUnit", "f.jsonld:9:1: u"},
	{`{"@id": "bo", "@type": "Person", "name": ""}`, "missingName", "f.jsonld:9:1: bo name"},
	// recipes
	{making(``, ``), "noOutput", "f.jsonld:9:1: m hasRecipeOutput"},
	{making(`"yield": 1.5`, wool), "badYield", "f.jsonld:9:1: m yield"},
	{making(`"yield": 0`, wool), "badYield", "f.jsonld:9:1: m yield"},
	{making(`"leastBatch": "0 kg"`, wool), "notOverZero", "f.jsonld:9:1: m leastBatch"},
	{making(`"leastBatch": "2 kg", "largestBatch": "1 kg"`, wool), "batchOrder", "f.jsonld:9:1: m largestBatch"},
	{making(`"hasDuration": "-2 h"`, wool), "negativeQuantity", "f.jsonld:9:1: m hasDuration"},
	{making(`"hasDuration": "2 kg"`, wool), "notADuration", "f.jsonld:9:1: m hasDuration"},
	{making(`"hasDuration": "2 h"`, `{"action": "consume", "resourceConformsTo": "wool", "resourceQuantity": "1 kg"}`), "wrongDirection", "m/out1 recipeOutputOf"},
	{making(`"hasDuration": "2 h"`, `{"action": "produce", "resourceConformsTo": "wool", "resourceQuantity": "1 kg", "recipeInputOf": "m"}`), "twoDirections", "m/out1 recipeOutputOf"},
	// YAML
	{"@graph: [", "notYAML", "f.yaml:1:1"},
	{"\"@graph\":\n  - {\"@id\": a\n  - b", "notYAML", "f.yaml:3:3"},
	{"\"@graph\": []\n---\n\"@graph\": []\n", "notYAML", "f.yaml:3:1"},
	{"\"@graph\": *nowhere\n", "notYAML", "f.yaml:1:11"},
	{"\"@graph\": []\n\"@graph\": []\n", "duplicateKey", "f.yaml:2:1"},
	{"\"@graph\":\n\x01", "notYAML", "f.yaml:2:1"},
	{"\"@graph\": " + strings.Repeat("[", 100000), "tooDeep", "f.yaml:1:75"},
	{"\"@graph\": " + strings.Repeat("- ", 100000), "tooDeep", "f.yaml:1:"},
	{"just words", "notANetwork", "f.yaml:1:1"},
}

const wool = `{"action": "produce", "resourceConformsTo": "wool", "resourceQuantity": "1 kg"}`

func need(rest string) string {
	return `{"@id": "n", "@type": "Intent", "action": "transfer", "receiver": "ann", "resourceConformsTo": "wool", ` + rest + `}`
}

func making(rest, output string) string {
	if output != "" {
		rest += `, "hasRecipeOutput": ` + output
	}
	return strings.Replace(`{"@id": "m", "@type": "RecipeProcess", "name": "Make", `+rest+`}`, `, }`, `}`, 1)
}

func TestFaults(t *testing.T) {
	t.Parallel()
	provoked := map[rule.Name]bool{}
	for _, c := range slices.Concat(faultCases, capacityFaults) {
		name, text := "f.jsonld", c.input
		if strings.HasPrefix(c.place, "f.yaml") {
			name = "f.yaml"
		}
		if strings.HasPrefix(text, `{"@id"`) || strings.HasPrefix(text, `{"@type"`) {
			text = `{"@graph": [` + base + text + `]}`
		}
		_, err := ReadNetwork(name, strings.NewReader(text), nil)
		var list Refusals
		if !errors.As(err, &list) {
			t.Errorf("%s: %v is no list of refusals", shorten(c.input), err)
			continue
		}
		first := list[0]
		if string(first.Rule) != c.rule || !strings.Contains(first.Place, c.place) {
			t.Errorf("%s: got %s at %s, want %s at %s\n%v", shorten(c.input), first.Rule, first.Place, c.rule, c.place, err)
		}
		complete(t, first)
		provoked[first.Rule] = true
	}
	for _, c := range sheetFaults {
		provoked[rule.Name(c.rule)] = true // TestSpreadsheetFaults sees to it that they are
	}
	for _, c := range chainFaults {
		provoked[rule.Name(c.rule)] = true // and TestChainFaults
	}
	for _, name := range []rule.Name{"unknownContext", "unreadable", "unknownList", "differentBases", "missingUnit", "unitNotApart"} {
		provoked[name] = true // each by a test of its own, the last two on the command line alone
	}
	for _, name := range namesIn(t, "../rule/format.go", "../rule/quantity.go") {
		if !provoked[name] {
			t.Errorf("no case provokes %s", name)
		}
	}
}

// complete checks that a refusal is in the catalogue, with a value for each
// {place} of its sentence and hint.
func complete(t *testing.T, r *rule.Refusal) {
	t.Helper()
	if !rule.Known(r.Rule) {
		t.Errorf("%s is not in the catalogue", r.Rule)
	}
	given := map[string]bool{}
	for i := 0; i < len(r.Values); i += 2 {
		given["{"+r.Values[i]+"}"] = true
	}
	for _, known := range rule.All() {
		if known.Name != r.Rule {
			continue
		}
		for _, open := range regexp.MustCompile(`\{[a-zA-Z]+\}`).FindAllString(known.Sentence+known.Hint, -1) {
			if !given[open] {
				t.Errorf("%s leaves %s open: %v", r.Rule, open, r)
			}
		}
	}
}

// namesIn reads the names of the rules that source files of package rule list.
func namesIn(t *testing.T, files ...string) []rule.Name {
	t.Helper()
	var names []rule.Name
	for _, f := range files {
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^\t\{"(\w+)", "`).FindAllStringSubmatch(string(source), -1) {
			names = append(names, rule.Name(m[1]))
		}
	}
	return names
}

func TestEveryFaultIsListedUpToTwenty(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{"@graph": [` + base)
	for i := range 50 {
		fmt.Fprintf(&b, "{\"@id\": \"p%d\", \"@type\": \"Person\", \"nmae\": 1},\n", i)
	}
	b.WriteString(`{"@id": "last", "@type": "Person", "name": "L"}]}`)
	_, err := ReadNetwork("f.jsonld", strings.NewReader(b.String()), nil)
	var list Refusals
	if !errors.As(err, &list) || len(list) != Most {
		t.Fatalf("got %v", err)
	}
	for i, f := range list {
		if want := fmt.Sprintf("f.jsonld:%d:%d: p%d", 9+i, 33+len(fmt.Sprint(i)), i); f.Place != want {
			t.Errorf("fault %d at %s, want %s", i, f.Place, want)
		}
	}
	if !strings.Contains(err.Error(), "only the first 20") {
		t.Error("the message does not say that the list is cut")
	}
}

// endless gives the same text again and again, up to a size.
type endless struct {
	text string
	left int64
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && e.left > 0 {
		p[n] = e.text[e.at%len(e.text)]
		n, e.at, e.left = n+1, e.at+1, e.left-1
	}
	return n, nil
}

// TestJunkIsRefusedFastInLittleMemory reads 100 MB of several kinds of junk.
func TestJunkIsRefusedFastInLittleMemory(t *testing.T) {
	const size = 100 << 20
	for _, c := range []struct{ name, start, junk string }{
		{"f.jsonld", "", "\x00"}, {"f.jsonld", "", "x"}, {"f.jsonld", "", "["}, {"f.jsonld", "[", "1,"}, {"f.jsonld", "[", "{},"},
		{"f.jsonld", `{"@graph":[`, `[],`}, {"f.jsonld", `{"@graph":[{"a":`, `1`}, {"f.jsonld", `{"@graph":[{"a":[`, `1,`},
		{"f.jsonld", `{"@graph":[{"a":"`, `ä`}, {"f.jsonld", `{"a":"`, `x`}, {"f.jsonld", `{"@context": {"a":"`, `x`}, {"f.jsonld", "", `{"a":`},
		{"f.yaml", "", "a: b\n"}, {"f.yaml", "", "\x00"}, {"junk", "", "\xff\x00"}, {"junk", "", "- "}, {"junk", "", "{"},
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		began := time.Now()
		_, err := ReadNetwork(c.name, io.MultiReader(strings.NewReader(c.start), &endless{text: c.junk, left: size}), nil)
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		var refusal *rule.Refusal
		if !errors.As(err, &refusal) || !strings.HasPrefix(refusal.Place, c.name) {
			t.Errorf("%q%q: %v", c.start, c.junk, err)
		}
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 400 || took > 20*time.Second {
			t.Errorf("%s %q%q…: %d MiB allocated in %v", c.name, c.start, c.junk, used, took)
		}
	}
	for _, which := range []int{0, 1, 2} {
		f := func(i int, good string) File {
			if i == which {
				return File{"junk.csv", &endless{text: "x,", left: size}}
			}
			return File{"good.csv", strings.NewReader(good)}
		}
		_, err := ReadSpreadsheets(Sheets{f(0, "1,0,1,1\n"), f(1, "1,1,1\n"), f(2, "1,1,1,1\n"), vf.At(0)})
		var refusal *rule.Refusal
		if !errors.As(err, &refusal) || refusal.Rule != "tooLarge" || refusal.Place != "junk.csv:1:1" {
			t.Errorf("junk in table %d: %v", which, err)
		}
	}
}

// TestYAMLThatWouldTakeLongIsRefused gives as much as the bounds let through, or
// just more, of what a YAML parser is slow on.
func TestYAMLThatWouldTakeLongIsRefused(t *testing.T) {
	for _, unit := range []string{"- a:\n", "- # c\n", "{a: b}, "} {
		for _, most := range []int{45_000, 1 << 20 / len(unit)} {
			began := time.Now()
			_, err := ReadNetwork("f.yaml", strings.NewReader(strings.Repeat(unit, most)), nil)
			var refusal *rule.Refusal
			if took := time.Since(began); !errors.As(err, &refusal) || took > 30*time.Second {
				t.Errorf("%d times %q: %v in %v", most, unit, err, took)
			}
		}
	}
	var wide, many strings.Builder
	for i := range 501 {
		fmt.Fprintf(&wide, "n%d: 1\n", i)
	}
	_, err := ReadNetwork("f.yaml", strings.NewReader(wide.String()), nil)
	var refusal *rule.Refusal
	if !errors.As(err, &refusal) || refusal.Rule != "tooLarge" || refusal.Place != "f.yaml:501:5" {
		t.Errorf("501 names: %v", err)
	}
	many.WriteString("\"@graph\":\n")
	for i := range 3000 { // the bound is on one mapping, not on all
		fmt.Fprintf(&many, "- \"@id\": p/%d\n  \"@type\": Person\n  name: P\n", i)
	}
	read(t, "many.yaml", []byte(many.String()))
}

// TestAliasBombsAreRefused unfolds to 10^9 values if let.
func TestAliasBombsAreRefused(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 9; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	began := time.Now()
	_, err := ReadNetwork("bomb.yaml", strings.NewReader(b.String()), nil)
	var refusal *rule.Refusal
	if !errors.As(err, &refusal) || refusal.Rule != "tooLarge" {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
	if _, err := ReadNetwork("self.yaml", strings.NewReader("a: &a [*a]\n"), nil); !errors.As(err, &refusal) {
		t.Errorf("an alias to itself: %v", err)
	}
}

// broken fails after its text.
type broken struct{ text io.Reader }

func (b broken) Read(p []byte) (int, error) {
	if n, err := b.text.Read(p); err == nil {
		return n, nil
	}
	return 0, errors.New("the disk is gone")
}

// TestAFailingReaderIsNoFaultOfTheFile: it is told as it is, not as bad syntax.
func TestAFailingReaderIsNoFaultOfTheFile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"f.jsonld", "f.yaml"} {
		_, err := ReadNetwork(name, broken{strings.NewReader(`{"@graph": [`)}, nil)
		if err == nil || !strings.Contains(err.Error(), "the disk is gone") {
			t.Errorf("%s: %v", name, err)
		}
		var refusal *rule.Refusal
		if errors.As(err, &refusal) {
			t.Errorf("%s: a failed read is told as a refusal: %v", name, err)
		}
	}
	good := File{"x", bytes.NewReader(nil)}
	if _, err := ReadSpreadsheets(Sheets{File{"x", broken{strings.NewReader("1,2,")}}, good, good, vf.At(0)}); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Errorf("spreadsheet: %v", err)
	}
	if r := refusalOf(errors.New("odd")); r.Rule != "unreadable" || !strings.Contains(r.Error(), "odd") {
		t.Errorf("an unknown error: %v", r)
	}
}
