package plan_test

import (
	"fmt"
	"testing"

	"commonweal/bench"
	"commonweal/plan"
	"commonweal/vf"
)

// largeTables reads network L.
func largeTables(b *testing.B) (*vf.Graph, *plan.Tables) {
	g, err := bench.Generate(bench.Sizes[2]).Graph()
	if err != nil {
		b.Fatal(err)
	}
	now, err := vf.ParseTime(bench.Now)
	if err != nil {
		b.Fatal(err)
	}
	tables, err := plan.ReadTables(g, plan.Settings{Now: now})
	if err != nil {
		b.Fatal(err)
	}
	tables.Clone() // which reads what following needs
	return g, tables
}

// BenchmarkFollow measures what a changed need on L costs the tables.
func BenchmarkFollow(b *testing.B) {
	g, tables := largeTables(b)
	var needs []*vf.Intent
	for _, i := range g.Intents {
		if i.Receiver != "" {
			needs = append(needs, i)
		}
	}
	k := 0
	for b.Loop() {
		i := *needs[k*7919%len(needs)]
		i.ResourceQuantity.HasNumericalValue = vf.NewDecimal(int64(k%9+1), 0)
		if _, ok := tables.Change(plan.FactChange{After: &i}); !ok {
			b.Fatal(fmt.Sprint("change ", k, " was not followed"))
		}
		k++
	}
}

// BenchmarkClone measures what a branch of L costs before it differs.
func BenchmarkClone(b *testing.B) {
	_, tables := largeTables(b)
	for b.Loop() {
		tables.Clone()
	}
}
