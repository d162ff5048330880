package format

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"commonweal/rule"
	"commonweal/vf"
)

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const carbon = "testdata/carbon-farm-network.jsonld"

// read reads a network that must be without faults.
func read(t testing.TB, name string, data []byte) *vf.Graph {
	t.Helper()
	g, err := ReadNetwork(name, bytes.NewReader(data), nil)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// same compares two graphs record by record, in whatever order.
func same(t testing.TB, want, got *vf.Graph) {
	t.Helper()
	if diff := cmp.Diff(lines(t, want), lines(t, got)); diff != "" {
		t.Errorf("the records differ (-want +got):\n%s", diff)
	}
}

func lines(t testing.TB, g *vf.Graph) []string {
	t.Helper()
	var all []string
	for _, r := range g.All() {
		line, err := vf.Encode(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(line))
	}
	slices.Sort(all)
	return all
}

func TestCarbonFarmNetworkIsRead(t *testing.T) {
	t.Parallel()
	g := read(t, carbon, readFile(t, carbon))
	counts := map[vf.Class]int{}
	for _, r := range g.All() {
		counts[r.Class()]++
	}
	want := map[vf.Class]int{"EconomicResource": 1, "Intent": 41, "Organization": 14, "ProcessSpecification": 4, "Proposal": 14,
		"RecipeFlow": 58, "RecipeProcess": 11, "ResourceSpecification": 16, "Unit": 4}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Errorf("records by class (-want +got):\n%s", diff)
	}
	for _, f := range g.RecipeFlows {
		if f.ID == "recipe-flow/spin-brown-yarn-in1" {
			want := &vf.RecipeFlow{ID: f.ID, Action: vf.Consume, RecipeInputOf: "recipe-process/spin-brown-yarn", ResourceConformsTo: "spec/brown-alpaca-clean",
				ResourceQuantity: vf.Measure{HasNumericalValue: vf.NewDecimal(5, 1), HasUnit: "unit/lb"}, Stage: "process-spec/ship"}
			if diff := cmp.Diff(want, f, cmpopts.EquateComparable(vf.Decimal{}, vf.Time{})); diff != "" {
				t.Errorf("a nested flow (-want +got):\n%s", diff)
			}
		}
	}
}

// TestBothPathsGiveTheSameRecords reads the network as it stands, and again in
// two forms that must pass through JSON-LD expansion: with the context and all
// names written as IRIs or prefixed.
func TestBothPathsGiveTheSameRecords(t *testing.T) {
	t.Parallel()
	data := readFile(t, carbon)
	want := read(t, carbon, data)
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	context := doc["@context"].(map[string]any)
	t.Run("prefixed", func(t *testing.T) {
		t.Parallel()
		doc := map[string]any{"@context": map[string]any{"@base": context["@base"], "v": VF, "cw": Own}}
		doc["@graph"] = rename(jsonOf(t, data)["@graph"], func(name string) string {
			if slices.Contains([]string{"performedBy", "perBatch", "step"}, name) {
				return "cw:" + name
			}
			return "v:" + name
		})
		same(t, want, read(t, "prefixed.jsonld", marshal(t, doc)))
	})
	t.Run("http and whole IRIs", func(t *testing.T) {
		t.Parallel()
		doc := map[string]any{"@context": map[string]any{"@base": context["@base"]}}
		doc["@graph"] = rename(jsonOf(t, data)["@graph"], func(name string) string {
			if slices.Contains([]string{"performedBy", "perBatch", "step"}, name) {
				return Own + name
			}
			return "http://w3id.org/valueflows/ont/vf#" + name
		})
		same(t, want, read(t, "iris.jsonld", marshal(t, doc)))
	})
	t.Run("the published context by its IRI", func(t *testing.T) {
		t.Parallel()
		doc := jsonOf(t, data)
		doc["@context"] = []any{"https://w3id.org/valueflows/ont/vf.jsonld", map[string]any{"@base": context["@base"], "farm": "https://farm.example/"}}
		same(t, want, read(t, "published.jsonld", marshal(t, doc)))
	})
	t.Run("context behind the graph", func(t *testing.T) {
		t.Parallel()
		doc := jsonOf(t, data)
		graph, context := marshal(t, doc["@graph"]), marshal(t, doc["@context"])
		same(t, want, read(t, "behind.jsonld", []byte(`{"@graph":`+string(graph)+`,"@context":`+string(context)+`}`)))
	})
}

func jsonOf(t testing.TB, data []byte) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// rename changes every name but the keywords; classes and actions are renamed
// by the vocabulary as well.
func rename(v any, to func(string) string) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = rename(v[i], to)
		}
	case map[string]any:
		out := map[string]any{}
		for name, value := range v {
			if text, ok := value.(string); ok && name == "@type" {
				out[name] = to(text)
				continue
			}
			if !strings.HasPrefix(name, "@") {
				name = to(name)
			}
			out[name] = rename(value, to)
		}
		return out
	}
	return v
}

func TestWrittenNetworksReadBack(t *testing.T) {
	t.Parallel()
	want := read(t, carbon, readFile(t, carbon))
	for _, base := range []string{"", "https://commonweal.example/carbon-farm-network/"} {
		var out, again bytes.Buffer
		if err := WriteNetwork(&out, want, base); err != nil {
			t.Fatal(err)
		}
		got := read(t, "out.jsonld", out.Bytes())
		same(t, want, got)
		if err := WriteNetwork(&again, got, base); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out.Bytes(), again.Bytes()) {
			t.Error("writing what was read gives other bytes")
		}
		var yaml bytes.Buffer
		if err := WriteYAML(&yaml, want, base); err != nil {
			t.Fatal(err)
		}
		same(t, want, read(t, "out.yaml", yaml.Bytes()))
		// The written context is our own: it must mean the same to a JSON-LD processor.
		slow := &reader{g: &vf.Graph{}, places: map[vf.ID]place{}, records: map[vf.ID]vf.Record{}, file: "slow"}
		s := &scope{base: base, context: jsonOf(t, out.Bytes())["@context"]}
		for _, line := range bytes.Split(out.Bytes(), []byte("\n")) {
			if !bytes.HasPrefix(line, []byte(`  {"@type"`)) {
				continue
			}
			n, err := newJSONReader("slow", bytes.NewReader(line)).value()
			if err != nil {
				t.Fatal(err)
			}
			if err := slow.record(n, s); err != nil {
				t.Fatal(err)
			}
		}
		if err := slow.faults.err(); err != nil {
			t.Fatal(err)
		}
		same(t, want, slow.g)
	}
}

const yamlNetwork = `# A small network, written by hand.
"@context": {"@base": https://kitchen.example/}
"@graph":
  - {"@id": unit/kg, "@type": Unit, label: kilogram, symbol: kg, omUnitIdentifier: kilogram}
  - {"@id": unit/h, "@type": Unit, label: hour, symbol: h, omUnitIdentifier: hour}
  - "@id": kitchen
    "@type": Organization
    name: "Kitchen 12"
    primaryLocation: {"@id": place/1, "@type": SpatialThing, name: Yard, lat: 52.5200, long: "13.405"}
  - {"@id": bread, "@type": ResourceSpecification, name: Bread, defaultUnitOfResource: unit/kg, substitutable: yes-or-no}
`

func TestYAML(t *testing.T) {
	t.Parallel()
	text := strings.Replace(yamlNetwork, "yes-or-no", "true", 1) + `
  - {"@id": flour, "@type": ResourceSpecification, name: &n 0815, note: *n}
  - "@id": bake
    "@type": RecipeProcess
    name: Bake
    hasDuration: 2.5 h
    hasRecipeInput:
      - {action: consume, resourceConformsTo: https://kitchen.example/flour, resourceQuantity: 0.7kg}
    hasRecipeOutput: {action: produce, resourceConformsTo: bread, resourceQuantity: "1 kilogram"}
  - {"@id": need/1, "@type": Intent, action: transfer, receiver: kitchen, resourceConformsTo: bread, resourceQuantity: 1e1 kg, due: 2023-09-01T00:00:00-5:00, tier: 2}
`
	g := read(t, "kitchen.yaml", []byte(text))
	want := []string{
		`{"@type":"Intent","@id":"need/1","action":"transfer","receiver":"kitchen","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"10","hasUnit":"unit/kg"},"due":"2023-09-01T00:00:00-05:00","tier":2}`,
		`{"@type":"Organization","@id":"kitchen","name":"Kitchen 12","primaryLocation":"place/1"}`,
		`{"@type":"RecipeFlow","@id":"bake/in1","action":"consume","recipeInputOf":"bake","resourceConformsTo":"flour","resourceQuantity":{"hasNumericalValue":"0.7","hasUnit":"unit/kg"}}`,
		`{"@type":"RecipeFlow","@id":"bake/out1","action":"produce","recipeOutputOf":"bake","resourceConformsTo":"bread","resourceQuantity":{"hasNumericalValue":"1","hasUnit":"unit/kg"}}`,
		`{"@type":"RecipeProcess","@id":"bake","name":"Bake","hasDuration":{"hasNumericalValue":"2.5","hasUnit":"unit/h"}}`,
		`{"@type":"ResourceSpecification","@id":"bread","name":"Bread","defaultUnitOfResource":"unit/kg","substitutable":true}`,
		`{"@type":"ResourceSpecification","@id":"flour","name":"0815","note":"0815"}`,
		`{"@type":"SpatialThing","@id":"place/1","name":"Yard","lat":"52.52","long":"13.405"}`,
		`{"@type":"Unit","@id":"unit/h","label":"hour","symbol":"h","omUnitIdentifier":"hour"}`,
		`{"@type":"Unit","@id":"unit/kg","label":"kilogram","symbol":"kg","omUnitIdentifier":"kilogram"}`,
	}
	if diff := cmp.Diff(want, lines(t, g)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSeveralFilesAreOneNetwork(t *testing.T) {
	t.Parallel()
	files := func(first, second string) []File {
		return []File{{"a.yaml", strings.NewReader(first)}, {"b.json", strings.NewReader(second)}}
	}
	n, err := ReadNetworks(files(`{"@context": {"@base": "https://x.example/n/"}, "@graph": [{"@id": "p", "@type": "Process", "hasInput": ["i", "https://x.example/n/j"]}]}`,
		`{"@graph":[{"@id":"i","@type":"Intent","action":"work","effortQuantity":"1 h","resourceConformsTo":"s","inputOf":"p"},
		{"@id":"j","@type":"Intent","action":"use","effortQuantity":"1 h","resourceConformsTo":"s"}]}`),
		&vf.Graph{Units: []*vf.Unit{{ID: "h", Label: "h", OmUnitIdentifier: "hour"}}, ResourceSpecifications: []*vf.ResourceSpecification{{ID: "s", Name: "S"}}})
	if err != nil {
		t.Fatal(err)
	}
	if n.Base != "https://x.example/n/" || len(n.Graph.Intents) != 2 || n.Graph.Intents[0].InputOf != "p" || n.Graph.Intents[1].InputOf != "p" {
		t.Errorf("base %q, intents %v", n.Base, lines(t, n.Graph))
	}
	_, err = ReadNetworks(files(`{"@context": {"@base": "https://x.example/"}, "@graph": []}`, `{"@context": {"@base": "https://y.example/"}, "@graph": []}`), nil)
	var refusal *rule.Refusal
	if !errors.As(err, &refusal) || refusal.Rule != "differentBases" {
		t.Errorf("two bases: %v", err)
	}
}

func TestTheExampleIsTheOneThatIsTested(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(readFile(t, carbon), readFile(t, "../examples/carbon-farm-network.jsonld")) {
		t.Error("examples/carbon-farm-network.jsonld differs from the copy in testdata")
	}
}
