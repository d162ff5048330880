package bench

import (
	"bytes"
	"fmt"
	"time"

	"commonweal/format"
	"commonweal/plan"
	"commonweal/vf"
	"commonweal/zone"
)

// Graph reads spreadsheets as the program does.
func (s Spreadsheets) Graph() (*vf.Graph, error) {
	now, err := vf.ParseTime(Now)
	if err != nil {
		return nil, err
	}
	file := func(name string, b []byte) format.File { return format.File{Name: name, Data: bytes.NewReader(b)} }
	return format.ReadSpreadsheets(format.Sheets{Items: file("items.csv", s.Items), BOM: file("bom.csv", s.BOM), Demands: file("demands.csv", s.Demands), Now: now})
}

// Solve plans any of the networks from day 0.
func Solve(g *vf.Graph) (*plan.Plan, time.Duration, error) {
	now, err := vf.ParseTime(Now)
	if err != nil {
		return nil, 0, err
	}
	began := time.Now()
	p, err := plan.New(g, plan.Settings{Now: now, Zone: zone.Load})
	return p, time.Since(began), err
}

// Plan plans a network and checks that it makes the orders that it must, all on
// time; of a network where some comes late, that nothing is short. The time taken is
// from records to pegged plan.
func Plan(s Size, g *vf.Graph) (plan.Stats, time.Duration, error) {
	p, took, err := Solve(g)
	if err != nil {
		return plan.Stats{}, took, err
	}
	stats := p.Stats()
	switch {
	case s.Orders == 0 && (stats.Needs != s.Needs || stats.Short > 0 || stats.Late == 0):
		err = fmt.Errorf("%s: of %d needs %d are late and %d short; some must be late and none short", s.Name, s.Needs, stats.Late, stats.Short)
	case s.Orders > 0 && (stats.Orders != s.Orders || stats.OnTime != s.Needs):
		err = fmt.Errorf("%s: %d orders and %d of %d needs on time, which must be %d orders and all on time", s.Name, stats.Orders, stats.OnTime, s.Needs, s.Orders)
	}
	return stats, took, err
}
