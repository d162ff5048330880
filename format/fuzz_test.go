package format

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"commonweal/rule"
	"commonweal/vf"
)

// accepted checks what must hold of every input: it is refused with a complete
// refusal, or its records can be written and read back to the same.
func accepted(t *testing.T, name string, data []byte) {
	g, err := ReadNetwork(name, bytes.NewReader(data), nil)
	if err != nil {
		var list Refusals
		if !errors.As(err, &list) {
			t.Fatalf("%v is no list of refusals", err)
		}
		for _, r := range list {
			complete(t, r)
			if !strings.Contains(r.Place, name) {
				t.Errorf("%v has no place in the file", r)
			}
		}
		return
	}
	var out bytes.Buffer
	if err := WriteNetwork(&out, g, ""); err != nil {
		t.Fatal(err)
	}
	again, err := ReadNetwork("again.jsonld", bytes.NewReader(out.Bytes()), nil)
	if err != nil {
		t.Fatalf("what was written is refused: %v\n%s", err, out.Bytes())
	}
	same(t, g, again)
}

func FuzzNetwork(f *testing.F) {
	f.Add(readFile(f, carbon))
	for _, c := range faultCases {
		if strings.HasPrefix(c.place, "f.jsonld") && len(c.input) < 4096 {
			f.Add([]byte(c.input))
			f.Add([]byte(`{"@graph": [` + base + c.input + `]}`))
		}
	}
	f.Add([]byte(`{"@context": {"@base": "https://x.example/y", "v": "` + VF + `", "n": {"@id": "v:name", "@container": "@language"}}, "@graph": [{"@id": "../a", "@type": "v:Person", "n": {"en": "A"}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) { accepted(t, "f.jsonld", data) })
}

func FuzzYAML(f *testing.F) {
	f.Add([]byte(yamlNetwork))
	for _, c := range faultCases {
		if strings.HasPrefix(c.place, "f.yaml") && len(c.input) < 4096 {
			f.Add([]byte(c.input))
		}
	}
	f.Add([]byte("? a\n: - b\n  - !!str 3\n...\n"))
	f.Add([]byte("a: |\n  text\nb: >-\n  more\nc: {<<: *a}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return // the parser is slow on long odd inputs; the bound on size is tested elsewhere
		}
		accepted(t, "f.yaml", data)
	})
}

// FuzzJSON compares our reader with encoding/json.
func FuzzJSON(f *testing.F) {
	for _, text := range []string{`{"a":[1,-2.5e+3,"\u00e4\ud83d\ude00",true,null]}`, `[]`, ` "x" `, `01`, `{"a":1,"a":2}`, `"\ud800"`, "\"\xff\"", `-`, `1.`, `tru`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p := newJSONReader("f", bytes.NewReader(data))
		n, err := p.value()
		if err == nil && (p.space() != 0 || p.at < len(p.buf)) {
			err = p.bad("the end")
		}
		if err == nil {
			var want any
			d := json.NewDecoder(bytes.NewReader(data))
			d.UseNumber()
			if werr := d.Decode(&want); werr != nil {
				t.Fatalf("we accept %q, encoding/json says %v", data, werr)
			}
			got, _ := json.Marshal(n.plain()) // texts, numbers as texts: always written
			wanted, _ := json.Marshal(numbersAsTexts(want))
			if !bytes.Equal(got, wanted) {
				t.Fatalf("%q: %s, encoding/json reads %s", data, got, wanted)
			}
			return
		}
		var r *rule.Refusal
		if !errors.As(err, &r) {
			t.Fatal(err)
		}
		complete(t, r)
		if r.Rule == "notJSON" && json.Valid(data) && utf8.Valid(data) && !bytes.Contains(data, []byte(`\u`)) {
			t.Fatalf("we refuse %q: %v", data, r)
		}
	})
}

func numbersAsTexts(v any) any {
	switch v := v.(type) {
	case json.Number:
		return v.String()
	case []any:
		for i := range v {
			v[i] = numbersAsTexts(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = numbersAsTexts(v[k])
		}
	}
	return v
}

func FuzzSpreadsheet(f *testing.F) {
	for _, c := range sheetFaults {
		f.Add([]byte(c.items), []byte(c.bom), []byte(c.demands))
	}
	f.Add([]byte("\ufeffitem;lead_days;on_hand\n\"a\"\"b\";1,5;2\n"), []byte("parent\tcomponent\tquantity_per\n"), []byte(""))
	f.Fuzz(func(t *testing.T, items, bom, demands []byte) {
		g, err := ReadSpreadsheets(Sheets{File{"i", bytes.NewReader(items)}, File{"b", bytes.NewReader(bom)}, File{"d", bytes.NewReader(demands)}, vf.At(1767225600)})
		if err != nil {
			var list Refusals
			if !errors.As(err, &list) {
				t.Fatalf("%v is no list of refusals", err)
			}
			for _, r := range list {
				complete(t, r)
			}
			return
		}
		if err := Check(g, nil); err != nil {
			t.Fatalf("the records of accepted tables do not pass: %v", err)
		}
	})
}

// FuzzChains: whatever stands in tables of chains is refused in full sentences, or
// makes records that pass.
func FuzzChains(f *testing.F) {
	for _, c := range chainFaults {
		f.Add([]byte(c.components), []byte(c.steps), []byte(c.uses), []byte(c.machines), []byte(c.demands))
	}
	f.Add([]byte("yarn,1,1,0,0,0\n"), []byte(loomSteps), []byte("scarf,1,yarn,2\n"), []byte("loom,1\n"), []byte(loomNeeds))
	f.Fuzz(func(t *testing.T, components, steps, uses, machines, demands []byte) {
		file := func(b []byte) File { return File{"t", bytes.NewReader(b)} }
		g, err := ReadChains(ChainSheets{file(components), file(steps), file(uses), file(machines), file(demands), vf.At(1767225600)})
		if err != nil {
			var list Refusals
			if !errors.As(err, &list) {
				t.Fatalf("%v is no list of refusals", err)
			}
			for _, r := range list {
				complete(t, r)
			}
			return
		}
		if err := Check(g, nil); err != nil {
			t.Fatalf("the records of accepted tables do not pass: %v", err)
		}
	})
}
