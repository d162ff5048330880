package vf

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"
)

var exactly = []cmp.Option{cmp.Comparer(func(a, b Decimal) bool { return a == b }), cmp.Comparer(func(a, b Time) bool { return a.String() == b.String() })}

// records draws a record of any class with any of its fields.
func records(t *rapid.T) Record {
	class := rapid.SampledFrom(Classes()).Draw(t, "class")
	r := NewRecord(class)
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if name == "Type" || name != "ID" && rapid.Bool().Draw(t, name+" unsaid") {
			continue
		}
		word := rapid.StringMatching(`[a-zäß☃"\\<&/#\n]{1,8}`)
		switch to := v.Field(i).Addr().Interface().(type) {
		case *ID:
			*to = ID(word.Draw(t, name))
		case *[]ID:
			for _, s := range rapid.SliceOfN(word, 1, 3).Draw(t, name) {
				*to = append(*to, ID(s))
			}
		case *string:
			*to = word.Draw(t, name)
		case *[]string:
			*to = rapid.SliceOfN(word, 1, 3).Draw(t, name)
		case *bool:
			*to = rapid.Bool().Draw(t, name)
		case *int:
			*to = rapid.Int().Draw(t, name)
		case *Truth:
			*to = rapid.SampledFrom([]Truth{Unsaid, No, Yes}).Draw(t, name)
		case *Time:
			*to = times(t, name)
		case *Measure:
			*to = Measure{decimals(t, name), ID(word.Draw(t, name+" unit"))}
		case *Action:
			*to = rapid.SampledFrom(ActionTable).Draw(t, name).Action
		case **Decimal:
			d := decimals(t, name)
			*to = &d
		default:
			t.Fatalf("a field of type %T has no place in records", to)
		}
	}
	return r
}

func TestRecordsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := records(t)
		raw, err := Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if diff := cmp.Diff(want, got, exactly...); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", raw, diff)
		}
		var g Graph
		if g.Add(got); !slices.Equal(g.All(), []Record{got}) {
			t.Fatalf("a %s added to a graph is not in it", got.Class())
		}
	})
}

// TestFieldsHaveKnownTypes: all fields are written by name, "@id" first.
func TestFieldsHaveKnownTypes(t *testing.T) {
	t.Parallel()
	for _, c := range Classes() {
		fields := Fields(c)
		if fields[0].Name != "@id" {
			t.Errorf("%s begins with %s", c, fields[0].Name)
		}
		typ := reflect.TypeOf(NewRecord(c)).Elem()
		for i := range typ.NumField() {
			tag := typ.Field(i).Tag.Get("json")
			if name, option, _ := strings.Cut(tag, ","); name != "@id" && name != "-" && option != "omitzero" && !(option == "omitempty" && typ.Field(i).Type == reflect.TypeFor[*Decimal]()) {
				t.Errorf("%s of %s is written when nothing was said: %q", name, c, tag)
			}
		}
	}
	if Fields("Persona") != nil || NewRecord("Persona") != nil {
		t.Error("a class that does not exist has fields")
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for text, kind := range map[string]Kind{
		``: BadProperty, `[]`: BadProperty, `{}`: BadProperty, `{"@type":1}`: BadProperty, `{"@type":"Intent"`: BadProperty, `{"@TYPE":"Intent"}`: BadProperty,
		`{"@type":"Persona"}`:                                                                         UnknownClass,
		`{"@type":"Intent","Name":"x"}`:                                                               UnknownProperty,
		`{"@type":"Intent","hasInput":[]}`:                                                            UnknownProperty,
		`{"@type":"Person","Type":"Agent"}`:                                                           UnknownProperty,
		`{"@type":"Intent","name":1}`:                                                                 BadProperty,
		`{"@type":"Intent","tier":1.5}`:                                                               BadProperty,
		`{"@type":"Intent","action":"lend"}`:                                                          UnknownAction,
		`{"@type":"Intent","due":"soon"}`:                                                             NotATime,
		`{"@type":"Intent","due":5}`:                                                                  NotATime,
		`{"@type":"Intent","finished":"x"}`:                                                           BadProperty,
		`{"@type":"Intent","resourceQuantity":"33 lb"}`:                                               BadProperty,
		`{"@type":"Intent","resourceQuantity":{"hasNumericalValue":"x","hasUnit":"u"}}`:               NotANumber,
		`{"@type":"Intent","resourceQuantity":{"hasNumericalValue":1e40,"hasUnit":"u"}}`:              NumberTooLarge,
		`{"@type":"Intent","resourceQuantity":{"hasNumericalValue":"1"}}`:                             BadProperty,
		`{"@type":"Intent","resourceQuantity":{"hasUnit":"u"}}`:                                       BadProperty,
		`{"@type":"Intent","resourceQuantity":{"hasNumericalValue":"1","hasUnit":""}}`:                BadProperty,
		`{"@type":"Intent","resourceQuantity":{"hasNumericalValue":"1","hasunit":"u"}}`:               BadProperty,
		`{"@type":"Intent","resourceQuantity":{"hasNumericalValue":"1","hasUnit":"u","precision":2}}`: BadProperty,
		`{"@type":"ResourceSpecification","substitutable":"yes"}`:                                     BadProperty,
	} {
		_, err := Decode([]byte(text))
		var e *Error
		if !errors.As(err, &e) || e.Kind != kind {
			t.Errorf("%s: %v, want %s", text, err, kind)
		}
	}
}

// FuzzDecode compares with encoding/json: what we accept is written again to
// something that reads the same.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		`{"@type":"Intent","@id":"need/1","action":"deliver-service","tier":3,"due":"2023-09-01","resourceQuantity":{"hasNumericalValue":1.50,"hasUnit":"lb"}}`,
		` { "@type" : "Person" , "classifiedAs" : [ "a" , "\u00e4\n" ] , "name" : null } `, `{"@type":"Unit","step":"0.01","equals":null}`,
		`{"@type":"Commitment","satisfies":["a"],"finished":true,"note":"\ud800"}`, `{"@type":"Proposal","unitBased":false,"note":"x","note":"y"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := Decode(raw)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("%v is no error of ours", err)
			}
			return
		}
		var names map[string]json.RawMessage
		if err := json.Unmarshal(raw, &names); err != nil {
			t.Fatalf("encoding/json refuses it: %v", err)
		}
		for _, field := range Fields(r.Class()) {
			delete(names, field.Name)
		}
		if delete(names, "@type"); len(names) > 0 {
			t.Fatalf("names that no %s has were accepted: %v", r.Class(), names)
		}
		out, err := Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode(out)
		if err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		if out2, err := Encode(again); err != nil || !bytes.Equal(out, out2) {
			t.Fatalf("%s is written again as %s, %v", out, out2, err)
		}
	})
}

func TestNearest(t *testing.T) {
	t.Parallel()
	list := []string{"provider", "receiver", "resourceQuantity", "due"}
	for word, want := range map[string]string{"Reciever": "receiver", "resourcequantity": "resourceQuantity", "do": "due", "": "due"} {
		if got := Nearest(word, list); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
	if got := Nearest("listn", []string{"list", "listen", "lisbn"}); got != "listen" {
		t.Errorf("nearest to listn is %q: a letter is rather left out than added", got)
	}
	if Nearest("x", nil) != "" {
		t.Error("an empty list has a nearest word")
	}
}

// What is written in canonical form is what another program makes of the usual form.
func TestCanonical(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := records(t)
		if rapid.Bool().Draw(t, "odd") {
			reflect.ValueOf(r).Elem().Field(0).SetString(rapid.StringOf(rapid.Rune()).Draw(t, "odd id"))
		}
		usual, err := Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := AppendCanonical([]byte("before"), r)
		if !ok {
			for _, f := range Fields(r.Class()) { // a number beyond what all readers agree on
				if f.Type == reflect.TypeFor[int]() {
					return
				}
			}
			t.Fatalf("not written: %s", usual)
		}
		want, err := jcs.Transform(usual)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != "before"+string(want) {
			t.Fatalf("written\n%s\nand not\n%s", got, want)
		}
	})
	for _, r := range []Record{&Unit{ID: "a\xff"}, &Agent{ID: "a", Type: "Robot"}, &Intent{ID: "a", Tier: maxWhole + 1}, (*Unit)(nil)} {
		if got, ok := AppendCanonical([]byte("before"), r); ok || string(got) != "before" {
			t.Errorf("%+v was written: %s", r, got)
		}
	}
}

func BenchmarkCanonical(b *testing.B) {
	benchmarkRecords(b, func(r Record, _ []byte) error { _, _ = AppendCanonical(nil, r); return nil })
}

func BenchmarkEncode(b *testing.B) {
	benchmarkRecords(b, func(r Record, _ []byte) error { _, err := Encode(r); return err })
}

func BenchmarkDecode(b *testing.B) {
	benchmarkRecords(b, func(_ Record, raw []byte) error { _, err := Decode(raw); return err })
}

func benchmarkRecords(b *testing.B, do func(Record, []byte) error) {
	r := &Intent{ID: "need/1", Action: Transfer, Receiver: "agent/wanted", ResourceConformsTo: "item/123", ResourceQuantity: Measure{Whole(5), "unit/one"}, Due: At(1700000000)}
	raw, err := Encode(r)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := do(r, raw); err != nil {
			b.Fatal(err)
		}
	}
}
