package node_test

import (
	"context"
	"crypto/ed25519"
	"path/filepath"
	"strconv"
	"testing"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/store"
	"commonweal/store/postgres"
	"commonweal/store/postgres/pgtest"
	"commonweal/store/sqlite"
	"commonweal/vf"
)

// BenchmarkIntake measures what an import costs behind the doors: how many events a
// second come in from the seat of an owner, a thousand in each call.
func BenchmarkIntake(b *testing.B) {
	for _, kept := range []struct {
		name string
		open func(b *testing.B) store.Store
	}{{"SQLite", inFolder}, {"PostgreSQL", inDatabase}} {
		for _, way := range []struct {
			name string
			acts func(from, count int) []node.Act
		}{{"acts", eachAnAct}, {"records", allInOne}} {
			b.Run(kept.name+"/"+way.name, func(b *testing.B) {
				n := settled(b, kept.open(b))
				seat := n.Seat(node.Actor{Agent: "agent/ann"})
				const batch = 1000
				b.ReportAllocs()
				b.ResetTimer()
				for from := 0; from < b.N; from += batch {
					if _, err := seat.Do(context.Background(), way.acts(from, min(batch, b.N-from))...); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}

func inFolder(b *testing.B) store.Store {
	s, err := sqlite.Create(context.Background(), filepath.Join(b.TempDir(), "books.sqlite"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func inDatabase(b *testing.B) store.Store {
	url, stop, err := pgtest.Durable()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(stop)
	s, err := postgres.Create(context.Background(), url, postgres.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// settled are books with an owner.
func settled(b *testing.B, s store.Store) *node.Node {
	n, err := node.Create(context.Background(), s, "https://example.org/wool/", "agent/wool",
		node.Options{Signer: journal.NewSigner(ed25519.NewKeyFromSeed(make([]byte, 32)))})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = n.Close() })
	_, err = n.Do(context.Background(), node.Act{Kind: journal.Declare, Author: "agent/wool", Key: "begin", Records: append(knowledge(),
		&vf.Membership{ID: "membership/ann", Member: "agent/ann", Role: "owner"})})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// produced are events of a process and a resource of their own.
func produced(from, count int) (process vf.Record, events []vf.Record) {
	which := strconv.Itoa(from)
	process = &vf.Process{ID: vf.ID("process/" + which), Name: "Spin"}
	for i := range count {
		events = append(events, &vf.EconomicEvent{ID: vf.ID("event/" + strconv.Itoa(from+i)), Action: vf.Produce, Provider: "agent/bob", Receiver: "agent/ann",
			ResourceConformsTo: "spec/yarn", ResourceInventoriedAs: vf.ID("resource/" + which), OutputOf: process.Key(),
			HasPointInTime: vf.At(1777593600), ResourceQuantity: one("1", "unit/kg")})
	}
	return process, events
}

func eachAnAct(from, count int) []node.Act {
	process, events := produced(from, count)
	acts := []node.Act{{Kind: journal.Declare, Key: string(process.Key()), Records: []vf.Record{process}}}
	for _, ev := range events {
		acts = append(acts, node.Act{Kind: journal.Record, Key: string(ev.Key()), Records: []vf.Record{ev}})
	}
	return acts
}

func allInOne(from, count int) []node.Act {
	process, events := produced(from, count)
	return []node.Act{{Kind: journal.Declare, Key: string(process.Key()), Records: []vf.Record{process}},
		{Kind: journal.Record, Key: "events-" + strconv.Itoa(from), Records: events}}
}
