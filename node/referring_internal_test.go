package node

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"commonweal/journal"
	"commonweal/vf"
)

// kept holds an image in memory.
type kept struct{ bytes.Buffer }

func (k *kept) Read() ([]byte, error) { return bytes.Clone(k.Bytes()), nil }

func (k *kept) Write(from io.WriterTo) error {
	k.Reset()
	_, err := from.WriteTo(&k.Buffer)
	return err
}

func (k *kept) Drop() error { k.Reset(); return nil }

// grown is a book of random acts, with an image made in between, and with what a transaction
// changed since: records that are new, said anew and taken out, in several drafts.
func grown(t *testing.T, seed uint64, acts int) (*past, *draft) {
	t.Helper()
	p := begun(t, filepath.Join(t.TempDir(), "books"), seed)
	t.Cleanup(func() { _ = p.Close() })
	p.options.Images = &kept{}
	for i := range acts {
		if i == acts/2 && seed%2 == 0 {
			if err := p.Keep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		p.happen(i)
		p.try(journal.Declare, nil, &vf.Process{ID: p.pick("step", 9), Name: "Step", BasedOn: "kind/wash", PlannedWithin: p.pick("plan", 3)}, &vf.Plan{ID: p.pick("plan", 3), Name: "Plan"})
		p.try(journal.Declare, nil, &vf.Intent{ID: p.pick("wish", 20), Action: vf.Consume, Receiver: "agent/bob", InputOf: p.pick("step", 9), ResourceConformsTo: "spec/wool", PlannedWithin: p.pick("plan", 3),
			ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(1), HasUnit: "unit/kg"}})
	}
	d := p.draft()
	for range 3 {
		d = d.fork()
		for range p.dice.IntN(4) {
			switch r := d.state.Record(p.pick("wish", 20)).(type) {
			case *vf.Intent:
				c := *r
				c.InputOf, c.PlannedWithin = p.pick("step", 12), p.pick("plan", 5)
				if err := putAll(d, []vf.Record{&c}, nil); err != nil {
					t.Fatal(err)
				}
			}
			d.remove(p.pick("step", 9))
			d.without([]vf.ID{p.pick("wish", 20)})
		}
	}
	return p, d
}

// What refers to any ids is found with the index as it is in all records.
func TestReferringIsFoundAsByWalking(t *testing.T) {
	t.Parallel()
	found, none := 0, 0
	for seed := range uint64(12) {
		p, d := grown(t, seed, 20)
		var all []vf.ID
		for r := range d.state.Each() {
			all = append(all, r.Key())
		}
		all = append(all, "nothing/here", "step/10", "step/11", "plan/4")
		for range 200 {
			ids := map[vf.ID]bool{}
			for range 1 + p.dice.IntN(4) {
				ids[all[p.dice.IntN(len(all))]] = true
			}
			if ids["unit/kg"] {
				continue // units are not taken back
			}
			r, id := d.referringTo(ids)
			want, to := d.referringWalked(ids)
			if id != to || r != nil && r.Key() != want.Key() {
				t.Fatalf("seed %d: to %v refers %v to %s, and walking finds %v to %s", seed, ids, r, id, want, to)
			}
			if r != nil {
				found++
			} else {
				none++
			}
		}
	}
	if found < 100 || none < 100 {
		t.Errorf("found %d times, and not %d times: the books say too little", found, none)
	}
}

// BenchmarkWithdraw measures how long an act that takes one record back holds up others, in
// books of 200,000 records.
func BenchmarkWithdraw(b *testing.B) {
	p := begun(&testing.T{}, filepath.Join(b.TempDir(), "books"), 1)
	defer func() { _ = p.Close() }()
	const records, part = 200_000, 5000
	for from := 0; from < records; from += part {
		var list []vf.Record
		for i := range part {
			list = append(list, &vf.Process{ID: vf.ID(fmt.Sprintf("step/%06d", from+i)), Name: "Step", BasedOn: "kind/wash"})
		}
		if _, err := p.Do(context.Background(), Act{Kind: journal.Declare, Author: "agent/wool", Key: fmt.Sprint("steps/", from), Records: list}); err != nil {
			b.Fatal(err)
		}
	}
	d := p.draft().fork()
	order := rand.New(rand.NewPCG(1, 1)).Perm(records)
	for way, find := range map[string]func(map[vf.ID]bool) (vf.Record, vf.ID){"index": d.referringTo, "walk": d.referringWalked} {
		b.Run(way, func(b *testing.B) {
			for i := range b.N {
				if r, _ := find(map[vf.ID]bool{vf.ID(fmt.Sprintf("step/%06d", order[i%records])): true}); r != nil {
					b.Fatal("it is used")
				}
			}
		})
	}
}
