package format

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"commonweal/vf"
)

// wellKept is a small network with something in each list, and texts that
// spreadsheets and CSV readers like to spoil.
const wellKept = `
"@graph":
  - {"@id": unit/kg, "@type": Unit, label: kilogram, symbol: kg, omUnitIdentifier: kilogram}
  - {"@id": unit/crate, "@type": Unit, label: crate, symbol: kg., equals: 12 kg}
  - {"@id": unit/h, "@type": Unit, label: hour, symbol: h, omUnitIdentifier: hour}
  - {"@id": agent/farm, "@type": Organization, name: Farm}
  - {"@id": agent/ada, "@type": Person, name: Ada}
  - {"@id": spec/wool, "@type": ResourceSpecification, name: "=Wool; raw", defaultUnitOfResource: unit/kg}
  - {"@id": spec/shearing, "@type": ResourceSpecification, name: Shearing, defaultUnitOfEffort: unit/h}
  - {"@id": need/1, "@type": Intent, name: "=cmd|' /C calc'!A1", note: kept, action: transfer, receiver: agent/ada, resourceConformsTo: spec/wool, resourceQuantity: 3.25 kg, due: 2026-03-01T06:00:00+02:00, tier: 2, people: 40, together: x}
  - {"@id": "need/é,;2", "@type": Intent, name: "'-quote \" and\n line", action: transfer, receiver: agent/ada, resourceConformsTo: spec/wool, resourceQuantity: 2 unit/crate, due: 2026-03-01}
  - {"@id": offer/1, "@type": Intent, name: Shear, action: work, provider: agent/ada, resourceConformsTo: spec/shearing, effortQuantity: 8 h}
  - {"@id": stock/1, "@type": EconomicResource, name: " spaced ", conformsTo: spec/wool, primaryAccountable: agent/farm, accountingQuantity: 5 kg, onhandQuantity: 4.5 kg}
  - {"@id": promise/1, "@type": Commitment, action: transfer, provider: agent/farm, receiver: agent/ada, resourceConformsTo: spec/wool, resourceQuantity: 1 kg, due: 2026-02-01, satisfies: [need/1]}
  - {"@id": event/1, "@type": EconomicEvent, action: transfer, provider: agent/farm, receiver: agent/ada, resourceConformsTo: spec/wool, resourceQuantity: 1 kg, hasPointInTime: 2026-02-01T10:00:00Z, fulfills: [promise/1]}
  - {"@id": event/2, "@type": EconomicEvent, action: work, provider: agent/ada, receiver: agent/farm, resourceConformsTo: spec/shearing, effortQuantity: 2 h, hasBeginning: 2026-02-01T10:00:00Z, hasEnd: 2026-02-01T12:00:00Z}
`

func kept(t *testing.T) *vf.Graph {
	t.Helper()
	return read(t, "kept.yaml", []byte(strings.ReplaceAll(wellKept, "2 unit/crate", "2 crate")))
}

func written(t *testing.T, g *vf.Graph, list string) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteCSV(&b, g, list); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestListsReadBack: a list that was written says what is in the books; in books
// without the records it makes them, as far as the list tells.
func TestListsReadBack(t *testing.T) {
	t.Parallel()
	for name, g := range map[string]*vf.Graph{"kept": kept(t), "farms": read(t, carbon, readFile(t, carbon))} {
		for _, list := range Lists {
			text := written(t, g, list)
			said, err := ReadCSV(File{list + ".csv", strings.NewReader(text)}, list, g)
			if err != nil {
				t.Errorf("%s of %s: %v", list, name, err)
				continue
			}
			if len(said.New)+len(said.Changed) > 0 {
				t.Errorf("%s of %s: read back as %d new and %d changed records", list, name, len(said.New), len(said.Changed))
			}
			bare := &vf.Graph{}
			for _, r := range g.All() {
				if r.Class() != listForms[list].class {
					bare.Add(r)
				}
			}
			if list != "offers" && list != "needs" { // an event or promise may name one of these
				bare.Intents = g.Intents
			}
			said, err = ReadCSV(File{list + ".csv", strings.NewReader(text)}, list, bare)
			if err != nil {
				t.Errorf("%s of %s into other books: %v", list, name, err)
				continue
			}
			again := &vf.Graph{}
			again.Add(bare.All()...)
			again.Add(said.New...)
			if diff := cmp.Diff(text, written(t, again, list)); diff != "" {
				t.Errorf("%s of %s, read and written again: %s", list, name, diff)
			}
		}
	}
}

func TestARowOfTheBooksChangesWhatItSays(t *testing.T) {
	t.Parallel()
	g := kept(t)
	said, err := ReadCSV(File{"needs.csv", strings.NewReader("\xef\xbb\xbfID;quantity;unit;name\r\nneed/1;4,5;kg;Wool\r\n")}, "needs", g)
	if err == nil {
		t.Fatalf("“4,5” was read as %v", said)
	}
	_, err = ReadCSV(File{"needs.csv", strings.NewReader("\xef\xbb\xbfID;quantity;unit;name\r\nneed/1;4.5;kg;Wool\r\nneed/2;1;crate;\"New; one\"\r\n")}, "needs", g)
	if err == nil || !strings.Contains(err.Error(), "needs.csv:3:1: receiver") {
		t.Fatalf("a need of nobody was read: %v", err)
	}
	said, err = ReadCSV(File{"needs.csv", strings.NewReader("ID\tquantity\tunit\tname\tpeople\nneed/1\t4.5\tkg\tWool\t40\n\n")}, "needs", g)
	if err != nil {
		t.Fatal(err)
	}
	if len(said.Changed) != 1 {
		t.Fatalf("%+v", said)
	}
	want := *g.Intents[slices.IndexFunc(g.Intents, func(i *vf.Intent) bool { return i.ID == "need/1" })]
	want.Name, want.ResourceQuantity.HasNumericalValue = "Wool", vf.NewDecimal(45, 1)
	if diff := cmp.Diff(lines(t, &vf.Graph{Intents: []*vf.Intent{&want}}), lines(t, &vf.Graph{Intents: []*vf.Intent{said.Changed[0].(*vf.Intent)}})); diff != "" {
		t.Error(diff)
	}
}

func TestOffersOfWorkAreEffort(t *testing.T) {
	t.Parallel()
	said, err := ReadCSV(File{"offers.csv", strings.NewReader("id,provider,specification,action,quantity,unit\noffer/2,agent/ada,spec/shearing,work,6,h\noffer/3,agent/ada,spec/wool,,2,crate\n")}, "offers", kept(t))
	if err != nil {
		t.Fatal(err)
	}
	work, wool := said.New[0].(*vf.Intent), said.New[1].(*vf.Intent)
	if work.EffortQuantity.HasUnit != "unit/h" || !work.ResourceQuantity.IsZero() {
		t.Errorf("%+v", work)
	}
	if wool.Action != vf.Transfer || wool.ResourceQuantity.HasUnit != "unit/crate" {
		t.Errorf("%+v", wool)
	}
}

func TestFaultsOfListsHaveLineAndColumn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ list, text, want string }{
		{"wishes", "id\n", "[unknownList]"},
		{"needs", "", "x.csv:1:1: This is not a table: it is empty"},
		{"needs", "name\nx\n", "x.csv:1:1: The table has no column id"},
		{"needs", "id,quantity\nx,1\n", "x.csv:1:1: The table has no column unit"},
		{"needs", "id,colour\nx,red\n", "x.csv:1:4: This is not a table: there is no column “colour”"},
		{"needs", "id,id\nx,y\n", "x.csv:1:4: This is not a table: the column “id” stands twice"},
		{"needs", "id,name\nneed/9,\"open\n", "[badTable]"},
		{"needs", "id,name\nneed/9,a\"b\n", "x.csv:2:9: This is not a table"},
		{"needs", "id,receiver,specification,quantity,unit\n,agent/ada,spec/wool,1,kg\n", "x.csv:2:1: id: The column id is empty."},
		{"needs", "id,receiver\na b,agent/ada\n", "x.csv:2:1: id: “a b” cannot be an id"},
		{"needs", "id,receiver,specification,quantity,unit\nneed/9,agent/ada,spec/wool,many,kg\n", "x.csv:2:28: quantity: The column quantity holds “many”."},
		{"needs", "id,receiver,specification,quantity,unit\nneed/9,agent/ada,spec/wool,1,stone\n", "x.csv:2:30: unit: "},
		{"needs", "id,receiver,specification,quantity,unit\nneed/9,agent/ada,spec/wool,1,\n", "x.csv:2:30: unit: The column unit is empty."},
		{"needs", "id,receiver,specification,quantity,unit,due\nneed/9,agent/ada,spec/wool,1,kg,soon\n", "x.csv:2:33: due: "},
		{"needs", "id,receiver,specification,quantity,unit,tier\nneed/9,agent/ada,spec/wool,1,kg,high\n", "x.csv:2:33: tier: The column tier holds “high”."},
		{"needs", "id,receiver,specification,quantity,unit,finished\nneed/9,agent/ada,spec/wool,1,kg,maybe\n", "x.csv:2:33: finished: The column finished holds “maybe”."},
		{"needs", "id,receiver,specification,action,quantity,unit\nneed/9,agent/ada,spec/wool,lend,1,kg\n", "x.csv:2:28: action: "},
		{"needs", "id,receiver,provider\nneed/9,agent/ada,agent/farm\n", "x.csv:2:18: provider: The column provider holds “agent/farm”. It takes nothing in needs."},
		{"offers", "id,receiver\noffer/9,agent/ada\n", "x.csv:2:1: provider: The column provider is empty."},
		{"needs", "id,receiver,specification,quantity,unit\nneed/9,agent/eve,spec/wool,1,kg\n", "x.csv:2:1: need/9 receiver: receiver refers to agent/eve"},
		{"needs", "id,receiver,specification,quantity,unit\nneed/9,agent/ada,spec/wool,1,kg\nneed/9,agent/ada,spec/wool,2,kg\n", "x.csv:3:1: id: “need/9” stands in the column id for the second time; the first is in line 2."},
		{"needs", "id,name\nstock/1,x\n", "x.csv:2:1: id: "},
		{"commitments", "id,satisfies\npromise/1,need/1 need/7\n", "need/7"},
	} {
		_, err := ReadCSV(File{"x.csv", strings.NewReader(c.text)}, c.list, kept(t))
		var all Refusals
		if !errors.As(err, &all) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: %v, want %q", c.list, c.text, err, c.want)
		}
	}
	many := "id,receiver\n" + strings.Repeat("a b,agent/ada\n", 50)
	_, err := ReadCSV(File{"x.csv", strings.NewReader(many)}, "needs", kept(t))
	var all Refusals
	if !errors.As(err, &all) || len(all) != Most {
		t.Errorf("%d faults are listed, want %d", len(all), Most)
	}
}

func TestGuardedTextsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`'{0,3}[=+@\t-]?[a-z' ]{0,3}`).Draw(t, "text")
		if got := unguarded(text(s)); got != s {
			t.Fatalf("%q is written %q and read %q", s, text(s), got)
		}
		if c := text(s); c != "" && strings.IndexByte("=+-@\t\r", c[0]) >= 0 {
			t.Fatalf("%q is written %q", s, c)
		}
	})
}
