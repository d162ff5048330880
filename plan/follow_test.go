package plan_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"commonweal/plan"
	"commonweal/vf"
	"commonweal/zone"
)

// tester is a test, of one case or of many that are drawn.
type tester interface {
	Helper()
	Fatalf(string, ...any)
}

// book is a set of records that changes.
type book struct {
	now     vf.Time
	records map[vf.ID]vf.Record
	order   []vf.ID
}

func bookOf(n *network) *book {
	b := &book{now: n.now, records: map[vf.ID]vf.Record{}}
	for _, r := range n.g.All() {
		b.put(r.Key(), r)
	}
	return b
}

func (b *book) put(id vf.ID, r vf.Record) {
	if _, known := b.records[id]; !known {
		b.order = append(b.order, id)
	}
	b.records[id] = r
}

func (b *book) graph() *vf.Graph {
	g := &vf.Graph{}
	for _, id := range b.order {
		if r := b.records[id]; r != nil {
			g.Add(r)
		}
	}
	return g
}

func (b *book) read(t tester) *plan.Tables {
	tables, err := plan.ReadTables(b.graph(), plan.Settings{Now: b.now, Zone: zone.Load})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return tables
}

// clerk draws records that say something of each other, out of few ids.
type clerk struct {
	drawing
	book *book
}

func (c *clerk) id(class string) vf.ID { return vf.ID(fmt.Sprintf("%s%d", class, c.n(class, 1, 4))) }

func (c *clerk) id0(class string, percent int) vf.ID {
	if c.chance(class+" said", percent) {
		return c.id(class)
	}
	return ""
}

func (c *clerk) ids(class string, percent int) (list []vf.ID) {
	for c.chance(class+" named", percent) && len(list) < 3 {
		list = append(list, c.id(class))
	}
	return list
}

func (c *clerk) spec() vf.ID {
	return vf.ID(c.pick("thing", "T0", "T1", "T2", "T1", "loose", "unheard"))
}

func (c *clerk) measure() vf.Measure {
	m := pieces(fmt.Sprint(c.n("quantity", 0, 40)))
	if c.chance("dozen", 10) {
		m.HasUnit = "unit/dozen"
	}
	if c.chance("other unit", 3) {
		m.HasUnit = "unit/day"
	}
	return m
}

func (c *clerk) date(percent int) vf.Time {
	if c.chance("dated", percent) {
		return days(fmt.Sprint(c.n("date", -3, 50)))
	}
	return vf.Time{}
}

// state is one that a need of the network names too, or none.
func (c *clerk) state() string { return c.pick("state", "", "", "", "fresh") }

func (c *clerk) place() vf.ID { return vf.ID(c.pick("place", "", "", "", "mill")) }

func (c *clerk) finished() bool { return c.chance("finished", 15) }

func (c *clerk) resource() vf.Record {
	return &vf.EconomicResource{ID: c.id("thing"), ConformsTo: c.spec(), OnhandQuantity: c.measure(), State: c.state(), CurrentLocation: c.place(),
		PrimaryAccountable: vf.ID(c.pick("accountable", "", "a", "b"))}
}

func (c *clerk) intent() vf.Record {
	i := &vf.Intent{ID: c.id("intent"), Action: vf.Transfer, ResourceConformsTo: c.spec(), ResourceQuantity: c.measure(), State: c.state(), Place: c.place(),
		Due: c.date(90), Finished: c.finished(), Tier: c.n("tier", 0, 2)}
	switch c.n("kind", 0, 5) {
	case 0, 1, 2:
		i.Receiver = "b"
		i.ResourceInventoriedAs = c.id0("thing", 15)
		if c.chance("useful", 10) {
			i.MinimumUsefulQuantity = c.measure()
		}
		i.LatestUseful = c.date(10)
	case 3:
		i.Provider = "a"
		if c.chance("limited", 60) {
			i.AvailableQuantity = c.measure()
		}
	case 4:
		i.Action, i.InputOf = vf.Consume, c.id("process")
	case 5:
		i.Action, i.OutputOf = vf.Produce, c.id("process")
	}
	return i
}

func (c *clerk) commitment() vf.Record {
	x := &vf.Commitment{ID: c.id("promise"), Action: vf.Transfer, Provider: "a", Receiver: "b", ResourceConformsTo: c.spec(), ResourceQuantity: c.measure(),
		Due: c.date(80), Finished: c.finished(), State: c.state(), Place: c.place(), Satisfies: c.ids("intent", 50), ResourceInventoriedAs: c.id0("thing", 15)}
	switch c.n("of", 0, 3) {
	case 0:
		x.Action, x.InputOf = vf.Consume, c.id("process")
	case 1:
		x.Action, x.OutputOf = vf.Produce, c.id("process")
	}
	return x
}

func (c *clerk) event() vf.Record {
	e := &vf.EconomicEvent{ID: c.id("event"), Action: vf.Transfer, Provider: "a", Receiver: "b", ResourceQuantity: c.measure(),
		Fulfills: c.ids("promise", 60), Satisfies: c.ids("intent", 30), Corrects: c.id0("event", 15), ResourceInventoriedAs: c.id0("thing", 30)}
	if c.chance("of a specification", 60) {
		e.ResourceConformsTo = c.spec()
	}
	if c.chance("in a process", 30) {
		e.Action, e.InputOf = vf.Consume, c.id("process")
	}
	return e
}

func (c *clerk) record() vf.Record {
	switch c.n("class", 0, 11) {
	case 0, 1:
		return c.resource()
	case 2, 3, 4, 5:
		return c.intent()
	case 6, 7:
		return c.commitment()
	case 8:
		return c.event()
	case 9:
		return &vf.Process{ID: c.id("process"), HasBeginning: c.date(50), HasEnd: c.date(50), Finished: c.finished()}
	case 10:
		return &vf.Proposal{ID: c.id("proposal"), Publishes: c.ids("intent", 70), Reciprocal: c.ids("intent", 20), HasBeginning: c.date(30), HasEnd: c.date(30)}
	}
	return &vf.Claim{ID: c.id("claim")}
}

// change draws a record that is new or other, or one that goes.
func (c *clerk) change() plan.FactChange {
	r := c.record()
	before := c.book.records[r.Key()]
	if before != nil && c.chance("gone", 30) {
		c.book.put(r.Key(), nil)
		return plan.FactChange{Before: before}
	}
	c.book.put(r.Key(), r)
	return plan.FactChange{Before: before, After: r}
}

func drawBook(t *rapid.T) *clerk {
	c := &clerk{drawing: drawing{t: t}}
	n := drawNetwork(t)
	if c.chance("busy", 30) {
		n = drawBusyNetwork(t)
	}
	n.spec("T0")
	n.spec("T1")
	n.spec("T2")
	one := vf.NewDecimal(12, 0)
	n.g.Add(&vf.Unit{ID: "unit/dozen", Symbol: "dz", Equals: vf.Measure{HasNumericalValue: one, HasUnit: "unit/piece"}}, &vf.ResourceSpecification{ID: "loose", Name: "loose"})
	c.book = bookOf(n)
	for range c.n("records", 0, 20) {
		r := c.record()
		c.book.put(r.Key(), r)
	}
	return c
}

// Following changes gives what reading all facts anew gives, and names each buffer
// that has other needs, offers or supplies; what was cloned before stays as it was.
func TestFollowingIsReadingAnew(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawBook(t)
		tables := c.book.read(t)
		for range c.n("steps", 1, 6) {
			var changes []plan.FactChange
			for range c.n("changes", 1, 3) {
				changes = append(changes, c.change())
			}
			copied, before, rest := tables.Clone(), tables.Buffers(), tables.Rest()
			if c.chance("on the copy", 50) {
				tables, copied = copied, tables
			}
			others, ok := tables.Change(changes...)
			if !ok {
				sameTables(t, "reading what followed", c.book.read(t), readGraph(t, c.book.now, tables.Graph()))
				tables = c.book.read(t)
				continue
			}
			anew := c.book.read(t)
			sameTables(t, "following", anew, tables)
			touched := map[string]bool{}
			for _, b := range others {
				touched[b] = true
			}
			now := tables.Buffers()
			for _, list := range []map[string]string{before, now} {
				for b := range list {
					if before[b] != now[b] && !touched[b] {
						t.Fatalf("buffer %s is another and was not named:\n%s\n%s", b, before[b], now[b])
					}
				}
			}
			if tables.Rest() != rest && !touched["rest"] {
				t.Fatalf("it was not said that this is another:\n%s\n%s", rest, tables.Rest())
			}
			if diff := cmp.Diff(before, copied.Buffers()) + cmp.Diff(rest, copied.Rest()); diff != "" {
				t.Fatalf("a copy changed with its original (-before +after):\n%s", diff)
			}
		}
	})
}

func readGraph(t tester, now vf.Time, g *vf.Graph) *plan.Tables {
	tables, err := plan.ReadTables(g, plan.Settings{Now: now, Zone: zone.Load})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return tables
}

func sameTables(t tester, what string, want, got *plan.Tables) {
	t.Helper()
	needs, offers := want.Count()
	if n, o := got.Count(); n != needs || o != offers {
		t.Fatalf("%s gives %d needs and %d offers, anew %d and %d", what, n, o, needs, offers)
	}
	if diff := cmp.Diff(want.Buffers(), got.Buffers()) + cmp.Diff(want.Rest(), got.Rest()); diff != "" {
		t.Fatalf("%s differs from reading anew (-anew +followed):\n%s", what, diff)
	}
}
