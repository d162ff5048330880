package journal_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"

	"commonweal/journal"
)

func TestCanonical(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		` { "b" : [ 1 , -2, 0 ] , "a" : { } } `: `{"a":{},"b":[1,-2,0]}`,
		`{"b":1,"a":[{"d":2,"c":3}]}`:           `{"a":[{"c":3,"d":2}],"b":1}`,
		`"\u0041\/\u00e9\u2028\n\u000a\u0007"`:  "\"A/é\u2028\\n\\n\\u0007\"",
		`"\ud83d\ude00"`:                        `"😀"`,
		`"<&>"`:                                 `"<&>"`,
		`["\u003c"]`:                            `["<"]`,
		`{"\ufb33":1,"\ud83d\ude00":2,"é":3}`:   "{\"é\":3,\"😀\":2,\"\ufb33\":1}", // by UTF-16 units
		`null`:                                  `null`,
		`[true,false,null,""]`:                  `[true,false,null,""]`,
		`9007199254740991`:                      `9007199254740991`,
	} {
		got, err := journal.Canonical([]byte(in))
		if err != nil || string(got) != want {
			t.Errorf("%s became %s, not %s: %v", in, got, want, err)
		}
	}
}

func TestCanonicalRefuses(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	for in, why := range map[string]string{
		``: "expected a JSON value", `{`: "", `{"a"`: "", `{"a":`: "", `{"a":1`: "", `{"a":1,}`: "name in quotes", `{,}`: "", `[`: "", `[1,]`: "",
		`[1 2]`: "comma", `{"a":1 "b":2}`: "comma", `{a:1}`: "quotes", `{"a":1}x`: "follows", `tru`: "", `nul`: "",
		`{"a":1,"a":1}`: "twice", `{"a":1,"\u0061":2}`: "twice", `1.5`: "write others as text", `1e3`: "whole", `01`: "plainly", `-0`: "plainly", `-`: "",
		`9007199254740992`: "2^53-1", `99999999999999999999`: "2^53-1", `"a`: "does not end", "\"a\nb\"": "control", `"\x"`: "no such escape", `"\`: "",
		`"\u12"`: "four digits", `"\ud83d"`: "", `"\ud83dx"`: "", `"\ud83d\u0041"`: "surrogate", `"\ude00\ud83d"`: "surrogate",
		"\"\xff\"": "UTF-8", deep: "too deep", `{"x":` + deep + ` }`: "too deep",
	} {
		if got, err := journal.Canonical([]byte(in)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q became %q, %v; wanted an error with %q", in, got, err, why)
		}
	}
}

// anyJSON draws a value as encoding/json knows them, with whole numbers.
func anyJSON(t *rapid.T, depth int) any {
	kinds := 5
	if depth > 4 {
		kinds = 3
	}
	switch rapid.IntRange(0, kinds).Draw(t, "kind") {
	case 0:
		return rapid.Int64Range(-1<<53+1, 1<<53-1).Draw(t, "number")
	case 1, 2:
		return rapid.String().Draw(t, "text")
	case 3:
		return rapid.SampledFrom([]any{nil, true, false}).Draw(t, "word")
	case 4:
		list := []any{}
		for range rapid.IntRange(0, 4).Draw(t, "length") {
			list = append(list, anyJSON(t, depth+1))
		}
		return list
	}
	object := map[string]any{}
	for range rapid.IntRange(0, 4).Draw(t, "members") {
		object[rapid.String().Draw(t, "name")] = anyJSON(t, depth+1)
	}
	return object
}

// TestCanonicalIsRFC8785 compares with another implementation.
func TestCanonicalIsRFC8785(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		raw, err := json.MarshalIndent([]any{anyJSON(rt, 0), map[string]any{"b": anyJSON(rt, 0), rapid.String().Draw(rt, "name"): anyJSON(rt, 0)}}, "", " ")
		if err != nil {
			rt.Fatal(err)
		}
		want, err := jcs.Transform(raw)
		if err != nil {
			rt.Fatal(err)
		}
		got, err := journal.Canonical(raw)
		if err != nil || !bytes.Equal(got, want) {
			rt.Fatalf("%s became %s (%v), and jcs says %s", raw, got, err, want)
		}
		if again, err := journal.Canonical(got); err != nil || !bytes.Equal(again, got) {
			rt.Fatalf("what is canonical, %s, became %s: %v", got, again, err)
		}
	})
}

// FuzzCanonical checks that whatever is accepted is what jcs makes of it.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{`{"b":[1,-2],"a":"\u00e9"}`, `"\ud83d\ude00"`, ` [ null , true ] `, "\"\x00\"", `{"a":1,"a":2}`, `1e3`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := journal.Canonical(raw)
		if err != nil {
			return
		}
		want, err := jcs.Transform(raw)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%q became %q, and jcs says %q, %v", raw, got, want, err)
		}
		if again, err := journal.Canonical(got); err != nil || !bytes.Equal(again, got) {
			t.Fatalf("what is canonical, %q, became %q: %v", got, again, err)
		}
	})
}

// BenchmarkCanonical compares the writer here with jcs, on a record as vf writes it.
func BenchmarkCanonical(b *testing.B) {
	raw := []byte(`{"@type":"Intent","@id":"need/17","name":"wool blanket \u0026 throw","action":"transfer","receiver":"agent/ana",` +
		`"resourceConformsTo":"spec/blanket","resourceQuantity":{"hasUnit":"unit/one","hasNumericalValue":"12"},"due":"2023-05-15T00:00:00Z"}`)
	for name, f := range map[string]func([]byte) ([]byte, error){"ours": journal.Canonical, "jcs": jcs.Transform} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
