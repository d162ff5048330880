package host

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/plan"
	"commonweal/rule"
	"commonweal/store/postgres"
	"commonweal/store/postgres/pgtest"
	"commonweal/store/sqlite"
	"commonweal/vf"
)

// today is a fixed clock: 2026-11-26, 10:30.
func today() vf.Time { return vf.At(1795689000) }

func opened(t *testing.T, dir string) *Host {
	t.Helper()
	h, err := Open(context.Background(), Options{Data: dir, Now: today})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// planned waits for a plan with an entry in it.
func planned(t *testing.T, w *Network, sequence int64) (needs, short int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	p, last, err := w.PlanOf(ctx, sequence)
	if err != nil {
		t.Fatalf("no plan of entry %d, the last is %d: %v", sequence, last, err)
	}
	s := p.Stats()
	return s.Needs, s.Short
}

func TestTheExampleLiesAhead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := opened(t, dir)
	w, err := h.Example(context.Background(), "https://example.org/carbon-farm-network/")
	if err != nil {
		t.Fatal(err)
	}
	if needs, short := planned(t, w, 1); needs != 12 || short != 0 {
		t.Errorf("%d needs, %d short; want 12 and none", needs, short)
	}
	g, err := w.Graph()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range g.Intents {
		if i.Receiver != "" && !i.Due.IsZero() && i.Due.Unix()-today().Unix() < 100*24*3600 {
			t.Errorf("%s is due %s, which is not a season ahead of %s", i.ID, i.Due, today())
		}
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	again := opened(t, dir).Network(ExampleName)
	if again == nil || again.Journal().Size() != 2 {
		t.Fatal("the example is not there after opening again")
	}
}

func TestThePlanFollowsTheBooks(t *testing.T) {
	t.Parallel()
	h := opened(t, t.TempDir())
	ctx := context.Background()
	w, err := h.Example(ctx, "https://example.org/carbon-farm-network/")
	if err != nil {
		t.Fatal(err)
	}
	planned(t, w, 1)
	heard := make(chan Planned, 8)
	defer w.Planned(func(p Planned) { heard <- p })()
	more := &vf.Intent{ID: "need/more", Action: vf.Transfer, Receiver: "agent/wolhide", ResourceConformsTo: "spec/gray-50-50-yarn",
		ResourceQuantity: vf.Measure{HasNumericalValue: decimal(t, "600"), HasUnit: "unit/lb"}, Due: vf.At(today().Unix() + 150*86400), Tier: 2}
	r, err := w.Do(ctx, node.Act{Kind: journal.Declare, Author: "agent/wolhide", Key: "more", Records: []vf.Record{more}})
	if err != nil {
		t.Fatal(err)
	}
	if needs, short := planned(t, w, r[0].Sequence); needs != 13 || short != 1 {
		t.Errorf("%d needs, %d short; want 13 and 1", needs, short)
	}
	if p := <-heard; p.Diff == nil || p.Diff.Empty() || p.Sequence != r[0].Sequence {
		t.Errorf("heard of entry %d with diff %v; want entry %d and what is different", p.Sequence, p.Diff, r[0].Sequence)
	}
}

// While a follower rests, acts are not planned one by one; who waits for a plan has it
// at once.
func TestTheFollowerRests(t *testing.T) {
	t.Parallel()
	h := opened(t, t.TempDir())
	h.rest = func(time.Duration) time.Duration { return time.Hour }
	ctx := context.Background()
	w, err := h.Begin(ctx, "farms", "https://example.org/farms/")
	if err != nil {
		t.Fatal(err)
	}
	planned(t, w, 0)
	heard := make(chan Planned, 100)
	defer w.Planned(func(p Planned) { heard <- p })()
	enter := func(key string) int64 {
		r, err := w.Do(ctx, node.Act{Kind: journal.Declare, Author: "agent/a", Key: key, Records: []vf.Record{&vf.Agent{ID: vf.ID("agent/" + key), Type: "Organization", Name: key}}})
		if err != nil {
			t.Fatal(err)
		}
		return r[0].Sequence
	}
	var last int64
	for n := range 20 {
		last = enter("a" + strconv.Itoa(n))
	}
	planned(t, w, last)
	if n := len(heard); n > 3 { // what went on when they came, what they roused, and what was waited for
		t.Errorf("20 acts were planned %d times", n)
	}
	for took, rest := range map[time.Duration]time.Duration{0: 0, 10 * time.Millisecond: 30 * time.Millisecond, time.Minute: 2 * time.Second} {
		if got := afterPlanning(took); got != rest {
			t.Errorf("after %s of planning it rests %s; want %s", took, got, rest)
		}
	}
}

// TestOneNeedTakesThePlanFromNobody waits for the plan of an act with a need that leads
// to more than numbers hold, and of the act after it, with which it does not.
func TestOneNeedTakesThePlanFromNobody(t *testing.T) {
	t.Parallel()
	h := opened(t, t.TempDir())
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	w, err := h.Example(ctx, "https://example.org/carbon-farm-network/")
	if err != nil {
		t.Fatal(err)
	}
	planned(t, w, 1)
	first, _, err := w.Plan()
	if err != nil {
		t.Fatal(err)
	}
	say := func(kind journal.Kind, key, takes string) int64 {
		r, err := w.Do(ctx, node.Act{Kind: kind, Author: "agent/wolhide", Key: key, Records: []vf.Record{
			&vf.ResourceSpecification{ID: "spec/x", Name: "X", DefaultUnitOfResource: "unit/lb"},
			&vf.RecipeProcess{ID: "recipe/x", Name: "Make " + key},
			&vf.RecipeFlow{ID: "recipe/x/out", RecipeOutputOf: "recipe/x", Action: vf.Produce, ResourceConformsTo: "spec/x", ResourceQuantity: vf.Measure{HasNumericalValue: decimal(t, "1"), HasUnit: "unit/lb"}},
			&vf.RecipeFlow{ID: "recipe/x/in", RecipeInputOf: "recipe/x", Action: vf.Consume, ResourceConformsTo: "spec/gray-50-50-yarn", ResourceQuantity: vf.Measure{HasNumericalValue: decimal(t, takes), HasUnit: "unit/lb"}},
			&vf.Intent{ID: "need/x", Action: vf.Transfer, Receiver: "agent/wolhide", ResourceConformsTo: "spec/x", ResourceQuantity: vf.Measure{HasNumericalValue: decimal(t, "9000000000"), HasUnit: "unit/lb"}, Due: vf.At(h.now().Unix() + 86400)},
		}})
		if err != nil {
			t.Fatal(err)
		}
		return r[0].Sequence
	}
	never := say(journal.Declare, "never", "9000000000")
	p, last, err := w.PlanOf(ctx, never)
	if err != nil || last < never || p.Stats().Needs != first.Stats().Needs+1 || p.Stats().Orders != first.Stats().Orders {
		t.Errorf("the plan of entry %d is of entry %d with %+v, %v", never, last, p.Stats(), err)
	}
	if !slices.ContainsFunc(p.Problems(), func(x plan.Problem) bool { return x.About == "need/x" && strings.Contains(x.Text, "exact numbers") }) {
		t.Errorf("nothing is said of the need: %v", p.Problems())
	}
	often := say(journal.Change, "often", "1")
	if p, last, err = w.PlanOf(ctx, often); err != nil || last < often || slices.ContainsFunc(p.Problems(), func(x plan.Problem) bool { return strings.Contains(x.Text, "exact numbers") }) {
		t.Errorf("the plan of entry %d is of entry %d: %v", often, last, err)
	}
}

func decimal(t *testing.T, text string) vf.Decimal {
	t.Helper()
	d, err := vf.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestNetworksAreApart(t *testing.T) {
	t.Parallel()
	h := opened(t, t.TempDir())
	ctx := context.Background()
	a, err := h.Begin(ctx, "farms", "https://example.org/farms/")
	if err != nil {
		t.Fatal(err)
	}
	b, err := h.Begin(ctx, "mills", "https://example.org/mills/")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Do(ctx, node.Act{Kind: journal.Declare, Author: "agent/a", Key: "1", Records: []vf.Record{&vf.Agent{ID: "agent/a", Type: "Organization", Name: "A"}}}); err != nil {
		t.Fatal(err)
	}
	if r, err := b.Record("agent/a"); r != nil || err != nil {
		t.Errorf("mills have %v of the farms, %v", r, err)
	}
	if a.Journal().Keys().InUse() == b.Journal().Keys().InUse() {
		t.Error("both networks sign with one key")
	}
	var refusal *rule.Refusal
	if _, err := h.Begin(ctx, "farms", "https://example.org/other/"); !errors.As(err, &refusal) || refusal.Rule != "nameTaken" {
		t.Errorf("a second network called farms: %v", err)
	}
	if _, err := h.Begin(ctx, "../x", "https://example.org/x/"); !errors.As(err, &refusal) || refusal.Rule != "badName" {
		t.Errorf("a network called ../x: %v", err)
	}
}

// TestABeginningCutShortGoesOn has the program end at several moments of a beginning:
// the server starts all the same, and goes on with it.
func TestABeginningCutShortGoesOn(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	folderOf := func(t *testing.T) (dir, own string) {
		dir = t.TempDir()
		own = filepath.Join(dir, folder, "farms")
		if err := os.MkdirAll(own, 0o750); err != nil {
			t.Fatal(err)
		}
		if _, err := MakeKey(filepath.Join(own, KeyFile)); err != nil {
			t.Fatal(err)
		}
		return dir, own
	}
	begin := func(t *testing.T, o Options) {
		h, err := Open(ctx, o)
		if err != nil {
			t.Fatalf("the server does not start: %v", err)
		}
		defer h.Close()
		if _, err := h.Begin(ctx, "farms", "https://example.org/farms/"); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("after the key", func(t *testing.T) {
		t.Parallel()
		dir, _ := folderOf(t)
		begin(t, Options{Data: dir, Now: today})
	})
	t.Run("after the file", func(t *testing.T) {
		t.Parallel()
		dir, own := folderOf(t)
		s, err := sqlite.Create(ctx, filepath.Join(own, BooksFile), sqlite.Options{})
		if err != nil || s.Close() != nil {
			t.Fatal(err)
		}
		begin(t, Options{Data: dir, Now: today})
	})
	t.Run("after the schema", func(t *testing.T) {
		t.Parallel()
		dir, _ := folderOf(t)
		url := pgtest.URL(t)
		address, err := postgres.InDatabase(url, "farms")
		if err != nil {
			t.Fatal(err)
		}
		s, err := postgres.Create(ctx, address, postgres.Options{})
		if err != nil || s.Close() != nil {
			t.Fatal(err)
		}
		begin(t, Options{Data: dir, Store: url, Now: today})
	})
}

// TestAnotherKey finds out at the start that the key in the folder does not sign for
// the network, instead of refusing each act.
func TestAnotherKey(t *testing.T) {
	t.Parallel()
	dir, ctx := t.TempDir(), context.Background()
	h := opened(t, dir)
	if _, err := h.Begin(ctx, "farms", "https://example.org/farms/"); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(dir, folder, "farms", KeyFile)
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if _, err := MakeKey(key); err != nil {
		t.Fatal(err)
	}
	_, err := Open(ctx, Options{Data: dir, Now: today})
	var r *rule.Refusal
	if !errors.As(err, &r) || r.Rule != "keyNotInUse" {
		t.Errorf("with a key that is not the network's: %v", err)
	}
}

func TestNameOf(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{"https://example.org/Carbon-Farm/": "carbon-farm", "https://example.org": "network", "https://example.org/a_b/": "network", "https://0a.commonweal.invalid/": "network"} {
		if got := NameOf(id); got != want {
			t.Errorf("%s is called %s, want %s", id, got, want)
		}
	}
}

// TestTwoServersOnOneDatabase has two hosts on one database; what one enters is in
// the plan of the other.
func TestTwoServersOnOneDatabase(t *testing.T) {
	t.Parallel()
	dir, url, ctx := t.TempDir(), pgtest.URL(t), context.Background()
	open := func() *Host {
		h, err := Open(ctx, Options{Data: dir, Store: url, Now: today})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = h.Close() })
		return h
	}
	a := open()
	first, err := a.Example(ctx, "https://example.org/carbon-farm-network/")
	if err != nil {
		t.Fatal(err)
	}
	second := open().Network(ExampleName)
	if needs, short := planned(t, second, 1); needs != 12 || short != 0 {
		t.Errorf("%d needs, %d short; want 12 and none", needs, short)
	}
	if _, err := second.Do(ctx, node.Act{Kind: journal.Withdraw, Author: "agent/wolhide", Key: "less", Of: []vf.ID{"need/1-wolhide-brown-50-50-yarn"}}); err != nil {
		t.Fatal(err)
	}
	if needs, _ := planned(t, first, 2); needs != 11 {
		t.Errorf("%d needs where one of 12 was withdrawn through the other server", needs)
	}
	for _, n := range []*Network{first, second} {
		if err := n.Ready(ctx); err != nil {
			t.Error(err)
		}
	}
}
