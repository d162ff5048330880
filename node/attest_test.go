package node_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"commonweal/journal"
	"commonweal/ledger"
	"commonweal/node"
	"commonweal/node/packed"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/store/sqlite"
	"commonweal/vf"
)

// attesting checks these books beside themselves.
func (b *books) attesting() node.Attesting {
	return node.Attesting{Pace: func(ctx context.Context) error { return ctx.Err() }, Moment: func(ctx context.Context) (store.Store, error) {
		return b.Store().(*sqlite.Store).Moment(ctx)
	}}
}

// filled are books with acts of every kind, opened beside an album.
func filled(t *testing.T, a *album) *books {
	t.Helper()
	b := begin(t)
	for i, act := range year() {
		act.Key = fmt.Sprint("year/", i)
		b.do(act)
		if i == 40 && a != nil {
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
			b.Node = b.openWith(a)
			if err := b.Keep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if a != nil {
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		b.Node = b.openWith(a)
	}
	return b
}

// Sound books are found sound, with the image from which they were opened, and also
// while acts go on.
func TestAttestFindsSoundBooksSound(t *testing.T) {
	t.Parallel()
	for _, a := range []*album{nil, {}} {
		b := filled(t, a)
		var read atomic.Int64
		how := b.attesting()
		how.Told = func(n, of int64) {
			read.Store(n)
			if of < n {
				t.Errorf("%d read of %d", n, of)
			}
		}
		acts := 0
		how.Pace = func(ctx context.Context) error {
			acts++
			b.do(node.Act{Kind: journal.Declare, Key: fmt.Sprint("more/", acts), Records: []vf.Record{&vf.ResourceSpecification{ID: vf.ID(fmt.Sprint("spec/", acts)), Name: "More"}}})
			return ctx.Err()
		}
		report, err := b.Attest(t.Context(), how)
		if err != nil || !report.Sound() || b.Doubt() != nil || acts == 0 || read.Load() < 78 {
			t.Errorf("%v %+v, %d acts meanwhile, %d read, doubt %v", err, report, acts, read.Load(), b.Doubt())
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// What differs is found, whatever it is, and books in doubt take no acts.
func TestAttestFindsWhatDiffers(t *testing.T) {
	t.Parallel()
	row := func(view, key, value string) store.Batch {
		p := store.Put{View: view, Key: key}
		if value != "" {
			p.Value = []byte(value)
		}
		return store.Batch{Views: []store.Put{p}}
	}
	for name, x := range map[string]struct {
		batch store.Batch
		rule  rule.Name
	}{
		"a key is missing":    {row("key", "year/3", ""), "viewsDiffer"},
		"a key is of another": {row("key", "year/3", "5"), "viewsDiffer"},
		"a key too many":      {row("key", "nobody's", "5"), "viewsDiffer"},
		"the mark is another": {row("mark", "mark", `{"layout":4}`), "viewsDiffer"},
		"a view too many":     {row("other", "a", "b"), "viewsDiffer"},
		"a profile of nobody": {store.Batch{Profiles: []store.Put{{Key: journal.ProfileHash([]byte("x")), Value: []byte("x")}}}, "profileDiffers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := filled(t, &album{})
			if err := b.Store().Append(t.Context(), x.batch); err != nil {
				t.Fatal(err)
			}
			_, err := b.Attest(t.Context(), b.attesting())
			var r *rule.Refusal
			if !errors.As(err, &r) || r.Rule != x.rule {
				t.Fatalf("found %v", err)
			}
			if doubt := b.Doubt(); !errors.Is(doubt, err) {
				t.Errorf("in doubt: %v", doubt)
			}
			b.refused(x.rule, node.Act{Kind: journal.Declare, Key: "after", Records: []vf.Record{&vf.ResourceSpecification{ID: "spec/late", Name: "Late"}}})
			if r, err := b.Record("spec/wool"); r == nil || err != nil {
				t.Errorf("it cannot be read any more: %v %v", r, err)
			}
		})
	}
}

// A journal that was changed behind the books is found out, and books are not opened
// from one.
func TestAttestReadsTheJournal(t *testing.T) {
	t.Parallel()
	b := filled(t, nil)
	s := &changed{Store: b.Store(), at: -1}
	n, err := node.Open(t.Context(), s, b.options())
	if err != nil {
		t.Fatal(err)
	}
	s.at = 12
	var r *rule.Refusal
	if _, err := node.Open(t.Context(), s, b.options()); !errors.As(err, &r) || r.Rule != "storeDamaged" {
		t.Errorf("opened: %v", err)
	}
	how := b.attesting()
	_, err = n.Attest(t.Context(), how)
	if !errors.As(err, &r) || r.Rule != "storeDamaged" || !strings.Contains(r.Sentence(), "entry 12") || n.Doubt() == nil {
		t.Errorf("found %v, in doubt %v", err, n.Doubt())
	}
}

// changed is a store of which one entry was changed.
type changed struct {
	store.Store
	at int64
}

func (s *changed) Entries(ctx context.Context, from int64, f func(seq int64, raw []byte) error) error {
	return s.Store.Entries(ctx, from, func(seq int64, raw []byte) error {
		if seq == s.at {
			raw = []byte(strings.Replace(string(raw), `"1"`, `"2"`, 1))
		}
		return f(seq, raw)
	})
}

// An image that is whole and says what the journal does not is found out and thrown
// away; the books stop, and are right when they are opened anew.
func TestAttestFindsFalseImages(t *testing.T) {
	t.Parallel()
	a := &album{}
	b := filled(t, a)
	true1, err := packed.Open(slices.Clone(a.raw))
	if err != nil {
		t.Fatal(err)
	}
	false1, err := packed.Pack(t.Context(), forged(true1, func(p *packed.Place) {
		if p.ID == "spec/yarn" {
			p.Record = &vf.ResourceSpecification{ID: "spec/yarn", Name: "Gold", DefaultUnitOfResource: "unit/kg"}
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Write(false1); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b.Node = b.openWith(a)
	if how := b.Opened(); how.Image == 0 {
		t.Fatalf("the forgery was not read: %+v", how)
	}
	if list, err := b.Replay(t.Context()); err != nil || len(list) != 2 || list[0].View != "image" || list[1].View != "memory" {
		t.Errorf("replay found %v %v", list, err)
	}
	_, err = b.Attest(t.Context(), b.attesting())
	if !errors.Is(err, store.ErrStopped) || !errors.Is(b.Stopped(), store.ErrStopped) || a.raw != nil {
		t.Fatalf("found %v, stopped %v, left %d bytes", err, b.Stopped(), len(a.raw))
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b.Node = b.openWith(a)
	if _, err := b.Attest(t.Context(), b.attesting()); err != nil {
		t.Error(err)
	}
	b.sound()
}

// forged is what an image says, but for what is changed.
func forged(m *packed.Image, change func(*packed.Place)) packed.Content {
	places := func(yield func(packed.Place) bool) {
		for key := range m.Keys() {
			p, ok := m.Place(vf.ID(key))
			if change(&p); ok && !yield(p) {
				return
			}
		}
	}
	authors := map[vf.ID]vf.ID{}
	for id, author := range m.Authors() {
		authors[id] = author
	}
	return packed.Content{Mark: m.Mark(), Places: places, State: ledger.On(m, m.Events(), nil), Authors: authors}
}

// An image on which the acts after it cannot be entered is no reason not to open the books.
func TestOpenWithoutAnImageThatLeadsNowhere(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	a := &album{}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b.Node = b.openWith(a)
	if err := b.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.do(node.Act{Kind: journal.Record, Key: "after", Records: []vf.Record{consume("event/after", "1")}})
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	sound, err := packed.Open(slices.Clone(a.raw))
	if err != nil {
		t.Fatal(err)
	}
	other, err := packed.Pack(t.Context(), forged(sound, func(p *packed.Place) {
		if p.ID == consume("", "1").ResourceInventoriedAs {
			p.Record = nil
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Write(other); err != nil {
		t.Fatal(err)
	}
	b.Node = b.openWith(a)
	if how := b.Opened(); how.Image != 0 || how.Why == nil || how.Entries != b.Journal().Size() {
		t.Errorf("opened %+v", how)
	}
	if err := b.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b.Node = b.openWith(a)
	if how := b.Opened(); how.Image != b.Journal().Size() || how.Why != nil {
		t.Errorf("opened %+v", how)
	}
	b.sound()
}

// A store that has lost entries is found out, and not read again and again.
func TestAttestFindsThatEntriesAreGone(t *testing.T) {
	t.Parallel()
	b := filled(t, nil)
	s := &shortened{Store: b.Store(), end: 1 << 62}
	n, err := node.Open(t.Context(), s, b.options())
	if err != nil {
		t.Fatal(err)
	}
	s.end = 40
	how, paused := b.attesting(), 0
	how.Pace = func(context.Context) error {
		if paused++; paused > 1000 {
			return errors.New("it reads on and on")
		}
		return nil
	}
	var r *rule.Refusal
	if _, err := n.Attest(t.Context(), how); !errors.As(err, &r) || r.Rule != "storeDamaged" || n.Doubt() == nil {
		t.Errorf("found %v, in doubt %v", err, n.Doubt())
	}
}

// shortened is a store of which the last entries are gone.
type shortened struct {
	store.Store
	end int64
}

func (s *shortened) Entries(ctx context.Context, from int64, f func(seq int64, raw []byte) error) error {
	return s.Store.Entries(ctx, from, func(seq int64, raw []byte) error {
		if seq >= s.end {
			return nil
		}
		return f(seq, raw)
	})
}
