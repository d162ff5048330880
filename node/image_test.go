package node_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/store/sqlite"
	"commonweal/vf"
)

// album keeps an image in memory.
type album struct {
	raw     []byte
	refuses error
}

func (a *album) Read() ([]byte, error) { return slices.Clone(a.raw), nil }

func (a *album) Write(from io.WriterTo) error {
	if a.refuses != nil {
		return a.refuses
	}
	var b bytes.Buffer
	_, err := from.WriteTo(&b)
	a.raw = b.Bytes()
	return err
}

func (a *album) Drop() error {
	a.raw = nil
	return nil
}

// openWith opens books beside which an image is kept.
func (b *books) openWith(a *album) *node.Node {
	b.t.Helper()
	s, err := sqlite.Open(context.Background(), b.path, sqlite.Options{})
	if err != nil {
		b.t.Fatal(err)
	}
	o := b.options()
	o.Images = a
	n, err := node.Open(context.Background(), s, o)
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

// However books are opened, and whenever an image of them was made, readers find the
// same, and acts are decided the same.
func TestImageSaysWhatTheBooksSay(t *testing.T) {
	t.Parallel()
	plain, kept := begin(t), begin(t)
	a := &album{}
	ids := []vf.ID{"nobody", "agent/wool"}
	for i, act := range year() {
		act.Key = fmt.Sprint("year/", i)
		ids = append(ids, plain.do(act).Records...)
		act = year()[i]
		act.Key = fmt.Sprint("year/", i)
		kept.do(act)
		switch {
		case i%13 == 5:
			if err := kept.Close(); err != nil {
				t.Fatal(err)
			}
			kept.Node = kept.openWith(a)
			if how := kept.Opened(); i > 13 && (how.Image == 0 || how.Why != nil) {
				t.Errorf("after act %d: opened %+v", i, how)
			}
		case i%13 == 9:
			if err := kept.Keep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if diff := cmp.Diff(everything(t, plain.Snapshot(), ids), everything(t, kept.Snapshot(), ids)); diff != "" {
		t.Errorf("-plain +kept:\n%s", diff)
	}
	kept.sound()
	one, err := plain.Graph()
	if err != nil {
		t.Fatal(err)
	}
	two, err := kept.Graph()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(one, two, cmp.Comparer(func(a, b vf.Decimal) bool { return a == b })); diff != "" {
		t.Errorf("-plain +kept:\n%s", diff)
	}
}

// allIDs are the ids of all records, and of what was never there.
func allIDs(s *node.Snapshot) []vf.ID {
	ids := []vf.ID{"nobody"}
	for _, c := range vf.Classes() {
		ids = slices.AppendSeq(ids, s.Class(c, "", false))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// What an image spares the next start is counted by records, since one act may enter many.
func TestWhatIsFreshIsCountedByRecords(t *testing.T) {
	t.Parallel()
	b := begin(t)
	before := b.Fresh()
	many := node.Act{Kind: journal.Declare, Author: "agent/wool", Key: "many"}
	for i := range 200 {
		many.Records = append(many.Records, &vf.ResourceSpecification{ID: vf.ID(fmt.Sprint("spec/", i)), Name: "Thing"})
	}
	b.do(many)
	if got := b.Fresh() - before; got != 200 {
		t.Errorf("%d records are fresh, of 200", got)
	}
	if err := b.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.do(node.Act{Kind: journal.Declare, Author: "agent/wool", Key: "one", Records: []vf.Record{&vf.ResourceSpecification{ID: "spec/one", Name: "Thing"}}})
	if got := b.Fresh(); got != 1 {
		t.Errorf("after an image and one more record %d are fresh", got)
	}
}

// Whatever acts there are, and whenever images are made, books that stand on images say
// what those say that were opened from the journal, packed on the way or not.
func TestImagesOfAnyBooks(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		r := rand.New(rand.NewPCG(seed, 1))
		b, a := spinnery(t), &album{}
		for k := range 60 {
			_, _ = b.Do(t.Context(), someAct(r, b, k)) // what is refused changes nothing
			switch r.IntN(10) {
			case 0:
				if err := b.Keep(t.Context()); err != nil {
					t.Fatal(err)
				}
			case 1:
				if err := b.Close(); err != nil {
					t.Fatal(err)
				}
				b.Node = b.openWith(a)
			}
		}
		ids := allIDs(b.Snapshot())
		kept := everything(t, b.Snapshot(), ids)
		b.sound()
		b.reopen()
		if diff := cmp.Diff(everything(t, b.Snapshot(), ids), kept); diff != "" {
			t.Errorf("seed %d (-journal +image):\n%s", seed, diff)
		}
		packing, err := node.EnterPacking(t.Context(), b.Store(), 7)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(everything(t, packing.Snapshot(), ids), kept); diff != "" {
			t.Errorf("seed %d (-packed on the way +image):\n%s", seed, diff)
		}
		_ = b.Close()
	}
}

// An image that does not fit is left aside, and the reason is told.
func TestImageThatDoesNotFit(t *testing.T) {
	t.Parallel()
	b, a := begin(t), &album{}
	fill := func(b *books) {
		for i, act := range year() {
			act.Key = fmt.Sprint("year/", i)
			b.do(act)
		}
	}
	fill(b)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b.Node = b.openWith(a)
	ids := allIDs(b.Snapshot())
	want := everything(t, b.Snapshot(), ids)
	if err := b.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole := a.raw
	other := begin(t)
	fill(other)
	b.do(node.Act{Kind: journal.Finish, Key: "one more", Of: []vf.ID{"need/yarn"}})
	if err := b.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	later := a.raw
	broken := slices.Clone(whole)
	broken[len(broken)/2] ^= 1
	for name, raw := range map[string][]byte{"broken": broken, "cut off": whole[:len(whole)-1], "empty": {}, "of more entries than there are": later} {
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		other.Node = other.openWith(&album{raw: raw})
		if how := other.Opened(); how.Image != 0 || how.Why == nil {
			t.Errorf("%s: %+v", name, how)
		}
		if diff := cmp.Diff(want, everything(t, other.Snapshot(), ids)); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	changed := begin(t)
	changed.clock++
	fill(changed)
	if err := changed.Close(); err != nil {
		t.Fatal(err)
	}
	changed.Node = changed.openWith(&album{raw: whole})
	if how := changed.Opened(); how.Image != 0 || how.Why == nil {
		t.Errorf("of other books: %+v", how)
	}
}

// An image that could not be written leaves the books as they were.
func TestImageThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	b, a := begin(t), &album{refuses: errors.New("the disk is full")}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b.Node = b.openWith(a)
	for i, act := range year() {
		act.Key = fmt.Sprint("year/", i)
		b.do(act)
		if i%20 == 7 {
			if err := b.Keep(t.Context()); !errors.Is(err, a.refuses) {
				t.Fatalf("kept: %v", err)
			}
		}
	}
	ids := allIDs(b.Snapshot())
	was := everything(t, b.Snapshot(), ids)
	b.sound()
	b.reopen()
	if diff := cmp.Diff(was, everything(t, b.Snapshot(), ids)); diff != "" || a.raw != nil {
		t.Error(diff)
	}
}

// Acts and readers go on while images are made.
func TestImagesWhileActsGoOn(t *testing.T) {
	t.Parallel()
	b, a := begin(t), &album{}
	b.do(node.Act{Kind: journal.Declare, Key: "begin", Records: append(knowledge(), &vf.Process{ID: "process/spin", Name: "Spin"})})
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b.Node = b.openWith(a)
	var wait sync.WaitGroup
	ended := make(chan struct{})
	wait.Go(func() {
		for {
			select {
			case <-ended:
				return
			default:
			}
			if err := b.Keep(t.Context()); err != nil {
				t.Error(err)
				return
			}
		}
	})
	wait.Go(func() {
		for {
			select {
			case <-ended:
				return
			default:
			}
			s := b.Snapshot()
			for id := range s.Class("EconomicEvent", "", false) {
				if r, err := s.Record(id); err != nil || r == nil || len(s.Past(id)) == 0 {
					t.Errorf("%s: %v %v", id, r, err)
					return
				}
			}
		}
	})
	for i := range 300 {
		b.do(node.Act{Kind: journal.Record, Key: fmt.Sprint("produce/", i), Records: []vf.Record{&vf.EconomicEvent{ID: vf.ID(fmt.Sprint("event/", i)),
			Action: vf.Produce, OutputOf: "process/spin", ResourceInventoriedAs: vf.ID(fmt.Sprint("resource/", i%7)), ResourceConformsTo: "spec/yarn",
			Provider: "agent/wool", Receiver: "agent/wool", ResourceQuantity: one("1", "unit/kg"), HasPointInTime: vf.At(1700000000)}}})
	}
	close(ended)
	wait.Wait()
	ids := allIDs(b.Snapshot())
	was := everything(t, b.Snapshot(), ids)
	b.sound()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b.Node = b.openWith(a)
	if how := b.Opened(); how.Image == 0 {
		t.Errorf("opened %+v", how)
	}
	if diff := cmp.Diff(was, everything(t, b.Snapshot(), ids)); diff != "" {
		t.Error(diff)
	}
}
