package bench

import (
	"math/big"
	"strings"

	"commonweal/plan"
)

// Lateness is how far a plan misses what is demanded, targets of stock aside.
type Lateness struct {
	UnitDays *big.Rat // Σ units × the days of the calendar by which they come after their due time
	Late     int64    // needs that are met in full, some of it late
	Short    *big.Rat // units that cannot be had at all
}

// LatenessOf measures what the plan gives the demands that spreadsheets named.
func LatenessOf(p *plan.Plan) Lateness {
	l := Lateness{UnitDays: new(big.Rat), Short: new(big.Rat)}
	for _, n := range p.Needs() {
		if !strings.HasPrefix(string(n.ID), "need/") {
			continue
		}
		if n.State == "late" {
			l.Late++
		}
		left := n.Wanted.HasNumericalValue.Rat()
		for _, c := range n.Coverage {
			units := c.ResourceQuantity.HasNumericalValue.Rat()
			left.Sub(left, units)
			if late := c.At.Unix() - n.Due.Unix(); late > 0 {
				l.UnitDays.Add(l.UnitDays, units.Mul(units, big.NewRat(late, 86400)))
			}
		}
		l.Short.Add(l.Short, left)
	}
	return l
}
