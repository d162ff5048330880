package format

import (
	"bytes"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"commonweal/vf"
)

// compiled reads a schema with a validator that is not ours.
func compiled(t *testing.T, write func(w io.Writer) error) *jsonschema.Schema {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("https://example.org/schema/x", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("https://example.org/schema/x")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func networkSchema(t *testing.T) *jsonschema.Schema {
	return compiled(t, func(w io.Writer) error { return WriteNetworkSchema(w, "https://example.org/schema/x") })
}

func valid(t *testing.T, s *jsonschema.Schema, raw []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestSchemasFitTheRealNetwork(t *testing.T) {
	t.Parallel()
	raw := readFile(t, carbon)
	if err := valid(t, networkSchema(t), raw); err != nil {
		t.Errorf("the file as people wrote it: %v", err)
	}
	g := read(t, carbon, raw)
	var again bytes.Buffer
	if err := WriteNetwork(&again, g, "https://example.org/"); err != nil {
		t.Fatal(err)
	}
	if err := valid(t, networkSchema(t), again.Bytes()); err != nil {
		t.Errorf("the file as we write it: %v", err)
	}
	schemas := map[vf.Class]*jsonschema.Schema{}
	for _, r := range g.All() {
		c := r.Class()
		if schemas[c] == nil {
			schemas[c] = compiled(t, func(w io.Writer) error { return WriteSchema(w, c, "https://example.org/schema/x") })
		}
		line, err := vf.Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(t, schemas[c], line); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// full is a record of a class in which everything is said.
func full(t *testing.T, c vf.Class) vf.Record {
	t.Helper()
	r := vf.NewRecord(c)
	number, err := vf.ParseDecimal("-12.125")
	if err != nil {
		t.Fatal(err)
	}
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		switch to := v.Field(i).Addr().Interface().(type) {
		case *vf.ID:
			*to = "https://elsewhere.example/a/b?c=d#e"
		case *[]vf.ID:
			*to = []vf.ID{"x/1", "x/2"}
		case *string:
			*to = "Ä text"
		case *[]string:
			*to = []string{"a", "b"}
		case *bool:
			*to = true
		case *vf.Truth:
			*to = vf.No
		case *int:
			*to = 3
		case *vf.Time:
			*to = vf.At(1795689000)
		case *vf.Measure:
			*to = vf.Measure{HasNumericalValue: number, HasUnit: "unit/kg"}
		case *vf.Action:
			*to = vf.DeliverService
		case **vf.Decimal:
			*to = &number
		case *vf.Class: // of an agent
		default:
			t.Fatalf("%T of %s has no example", to, c)
		}
	}
	return r
}

func TestSchemasFitEveryClassAndNothingElse(t *testing.T) {
	t.Parallel()
	network := networkSchema(t)
	for _, c := range vf.Classes() {
		s := compiled(t, func(w io.Writer) error { return WriteSchema(w, c, "https://example.org/schema/x") })
		raw, err := vf.Encode(full(t, c))
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(t, s, raw); err != nil {
			t.Errorf("%s with everything said: %v", c, err)
		}
		if err := valid(t, network, []byte(`{"@graph": [`+string(raw)+`]}`)); err != nil {
			t.Errorf("%s in a network: %v", c, err)
		}
		head := `{"@id":"x/1","@type":"` + string(c) + `"`
		for _, wrong := range []string{
			`{"@type":"` + string(c) + `"}`, `{"@id":"x/1"}`, `{"@id":"a b","@type":"` + string(c) + `"}`, `{"@id":"x/1","@type":"Wish"}`,
			head + `,"colour":"red"}`, head + `,"note":7,"name":7,"label":7,"batchLotCode":7,"publicKey":7}`, head[:len(head)-1] + `s"}`,
		} {
			if err := valid(t, s, []byte(wrong)); err == nil {
				t.Errorf("%s takes %s", c, wrong)
			}
		}
	}
}

func TestTheSchemaOfANetworkTakesWhatReadingTakes(t *testing.T) {
	t.Parallel()
	s := networkSchema(t)
	units := `{"@id":"unit/kg","@type":"Unit","label":"kilogram","symbol":"kg","omUnitIdentifier":"kilogram"},{"@id":"unit/h","@type":"Unit","label":"hour","symbol":"h","omUnitIdentifier":"hour"},`
	for _, record := range []string{
		`{"@id":"spec/x","@type":"ResourceSpecification","name":"X","resourceClassifiedAs":"one"}`,
		`{"@id":"spec/x","@type":"ResourceSpecification","name":"X","defaultUnitOfResource":{"@id":"unit/kg"}}`,
		`{"@id":"r/x","@type":"RecipeProcess","name":"Make","hasDuration":"6 h","yield":0.9,"hasRecipeOutput":[{"action":"produce","resourceConformsTo":{"@id":"spec/x","@type":"ResourceSpecification","name":"X"},"resourceQuantity":"1.5 kg"}]}`,
		`{"@id":"e/1","@type":"EconomicEvent","action":"deliver-service","hasPointInTime":"2023-09-01T00:00:00-5:00","resourceConformsTo":{"@id":"spec/x","@type":"ResourceSpecification","name":"X"},"resourceQuantity":{"hasNumericalValue":3,"hasUnit":"unit/kg"}}`,
	} {
		file := `{"@context":"` + ContextIRI + `","@graph":[` + units + record + `]}`
		if _, err := ReadNetwork("x.jsonld", strings.NewReader(file), nil); err != nil {
			t.Errorf("%s is not read: %v", record, err)
		}
		if err := valid(t, s, []byte(file)); err != nil {
			t.Errorf("%s is not valid: %v", record, err)
		}
	}
	for _, record := range []string{
		`{"@id":"spec/x","@type":"ResourceSpecification","name":["X","Y"]}`,
		`{"@id":"spec/x","@type":"ResourceSpecification","hasInput":[]}`,
		`{"@id":"e/1","@type":"EconomicEvent","resourceQuantity":"kg"}`,
		`{"@id":"e/1","@type":"EconomicEvent","hasPointInTime":"soon"}`,
		`{"@id":"e/1","@type":"EconomicEvent","resourceQuantity":{"hasNumericalValue":"much","hasUnit":"unit/kg"}}`,
	} {
		file := `{"@graph":[` + units + record + `]}`
		if _, err := ReadNetwork("x.jsonld", strings.NewReader(file), nil); err == nil {
			t.Errorf("%s is read", record)
		}
		if err := valid(t, s, []byte(file)); err == nil {
			t.Errorf("%s is valid", record)
		}
	}
}
