package node

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/journal"
	"commonweal/store/sqlite"
	"commonweal/vf"
)

// past is a book that grows by random acts, all of which may be refused.
type past struct {
	*Node
	t    *testing.T
	dice *rand.Rand
	keys int
}

func (p *past) try(kind journal.Kind, of []vf.ID, records ...vf.Record) {
	p.keys++
	a := Act{Kind: kind, Author: "agent/wool", Key: fmt.Sprint(p.keys), Of: of, Records: records}
	_, _ = p.Do(context.Background(), a) // what is refused leaves no trace
}

func (p *past) pick(name string, n int) vf.ID {
	return vf.ID(fmt.Sprintf("%s/%d", name, p.dice.IntN(n)))
}

// happen makes one random act: things are raised, moved, worked up, packed, corrected;
// records are said anew, finished and taken back.
func (p *past) happen(i int) {
	kg := func() vf.Measure {
		return vf.Measure{HasNumericalValue: vf.Whole(1 + p.dice.Int64N(6)), HasUnit: "unit/kg"}
	}
	ev := &vf.EconomicEvent{ID: vf.ID(fmt.Sprint("event/", i)), Provider: "agent/ann", Receiver: "agent/ann", ResourceConformsTo: "spec/wool", ResourceQuantity: kg(),
		ResourceInventoriedAs: p.pick("thing", 4), HasPointInTime: vf.At(int64(1000 - i)), State: []string{"", "wet", "dry"}[p.dice.IntN(3)]}
	switch p.dice.IntN(12) {
	case 0, 1:
		ev.Action = []vf.Action{vf.Raise, vf.Lower}[p.dice.IntN(2)]
	case 2:
		ev.Action, ev.ToResourceInventoriedAs = vf.Move, p.pick("thing", 4)
	case 3:
		ev.Action, ev.ToResourceInventoriedAs, ev.Receiver = vf.Transfer, p.pick("thing", 4), "agent/bob"
	case 4:
		ev.Action, ev.OutputOf = vf.Produce, p.pick("process", 2)
	case 5:
		ev.Action, ev.InputOf = vf.Consume, p.pick("process", 2)
	case 6:
		ev.Action, ev.InputOf = vf.Accept, "process/0"
	case 7:
		ev.Action, ev.OutputOf = vf.Modify, "process/0"
	case 8:
		c := &vf.EconomicEvent{ID: ev.ID, Corrects: p.pick("event", i+1), ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(-1 - p.dice.Int64N(3)), HasUnit: "unit/kg"}}
		p.try(journal.Correct, nil, c)
		return
	case 9:
		p.try(journal.Change, nil, &vf.EconomicResource{ID: p.pick("thing", 4), Name: fmt.Sprint("named ", i), ConformsTo: "spec/wool"})
		p.try(journal.Declare, nil, &vf.Intent{ID: vf.ID(fmt.Sprint("need/", i%3)), Action: vf.Transfer, Receiver: "agent/bob", ResourceConformsTo: "spec/wool", ResourceQuantity: kg(), Note: fmt.Sprint(i)})
		return
	case 10:
		p.try([]journal.Kind{journal.Withdraw, journal.Finish}[p.dice.IntN(2)], []vf.ID{p.pick("need", 3)})
		return
	case 11:
		p.try(journal.Change, nil, &vf.Intent{ID: p.pick("need", 3), Action: vf.Transfer, Receiver: "agent/bob", ResourceConformsTo: "spec/wool", ResourceQuantity: kg(), Name: fmt.Sprint(i)})
		return
	}
	p.try(journal.Record, nil, ev)
}

// The books of before any entry, and every revision of every record, are made of what
// they are now as replaying the journal makes them.
func TestThePastIsAsItWas(t *testing.T) {
	t.Parallel()
	runs := 6
	if os.Getenv("COMMONWEAL_SOAK") != "" {
		runs = 300
	}
	made := 0
	for run := range runs {
		p := begun(t, filepath.Join(t.TempDir(), "books"), uint64(run))
		for i := range 25 {
			p.happen(i)
		}
		made += p.compare()
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if made < runs {
		t.Errorf("only %d books were made without replay", made)
	}
}

// begun begins books with what the acts are about.
func begun(t *testing.T, path string, seed uint64) *past {
	t.Helper()
	s, err := sqlite.Create(context.Background(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Signer: journal.NewSigner(ed25519.NewKeyFromSeed(make([]byte, 32))), Now: func() vf.Time { return vf.At(1682899200) }}
	n, err := Create(context.Background(), s, "https://example.org/wool/", "agent/wool", o)
	if err != nil {
		t.Fatal(err)
	}
	nine := vf.Measure{HasNumericalValue: vf.Whole(9), HasUnit: "unit/kg"}
	p := &past{Node: n, t: t, dice: rand.New(rand.NewPCG(seed, 1))}
	p.try(journal.Declare, nil, &vf.Unit{ID: "unit/kg", Label: "kilogram", Symbol: "kg", OmUnitIdentifier: "kilogram"}, &vf.ResourceSpecification{ID: "spec/wool", Name: "Wool"},
		&vf.Agent{ID: "agent/ann", Type: "Person", Name: "Ann"}, &vf.Agent{ID: "agent/bob", Type: "Person", Name: "Bob"},
		&vf.ProcessSpecification{ID: "kind/wash", Name: "Wash"}, &vf.Process{ID: "process/0", Name: "Wash", BasedOn: "kind/wash"}, &vf.Process{ID: "process/1", Name: "Other"},
		&vf.EconomicResource{ID: "thing/0", Name: "Declared", ConformsTo: "spec/wool", PrimaryAccountable: "agent/ann", Stage: "kind/wash", AccountingQuantity: nine, OnhandQuantity: nine})
	return p
}

// compare compares with what replaying makes, and returns how many books were made
// without it.
func (p *past) compare() (madeWithout int) {
	p.t.Helper()
	books, ctx := p.Snapshot(), context.Background()
	for seq := int64(2); seq < books.Size(); seq++ {
		want, err := p.replayedBefore(ctx, seq)
		if err != nil {
			p.t.Fatal(err)
		}
		got, made, err := books.before(ctx, seq)
		if err != nil {
			p.t.Fatal(err)
		}
		if made {
			madeWithout++
			if diff := cmp.Diff(lines(want.All()), lines(got.All())); diff != "" {
				p.t.Fatalf("before entry %d: %s", seq, diff)
			}
		}
		for _, r := range want.All() {
			before := books.Past(r.Key())
			i, _ := slices.BinarySearch(before, seq)
			was, err := p.Revision(ctx, r.Key(), before[i-1])
			if err != nil {
				p.t.Fatal(err)
			}
			if diff := cmp.Diff(lines([]vf.Record{r}), lines([]vf.Record{was})); diff != "" {
				p.t.Fatalf("%s before entry %d: %s", r.Key(), seq, diff)
			}
		}
	}
	return madeWithout
}

// lines writes records out.
func lines(records []vf.Record) []string {
	var list []string
	for _, r := range records {
		raw, err := vf.Encode(r)
		list = append(list, fmt.Sprint(string(raw), err))
	}
	return list
}
