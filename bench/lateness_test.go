package bench

import (
	"math/big"
	"strings"
	"testing"

	"commonweal/format"
	"commonweal/vf"
)

// TestLatenessOf: of four wanted by noon of Friday the 2nd, two are there, and two
// more take two days of work from Thursday the 1st, so they come on Saturday at
// midnight, half a day late, each. The one that is wanted a day later is late by less.
func TestLatenessOf(t *testing.T) {
	t.Parallel()
	file := func(text string) format.File { return format.File{Name: "table", Data: strings.NewReader(text)} }
	now, err := vf.ParseTime(Now)
	if err != nil {
		t.Fatal(err)
	}
	g, err := format.ReadChains(format.ChainSheets{Components: file("yarn,1,0,0,0,0\n"), Steps: file("scarf,0,2,0,,2\n"), Uses: file(""), Machines: file(""),
		Demands: file("a,scarf,4,36,1\nb,scarf,1,60,1\n"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := Solve(g)
	if err != nil {
		t.Fatal(err)
	}
	l := LatenessOf(p)
	if want := big.NewRat(1, 1); l.UnitDays.Cmp(want) != 0 || l.Late != 1 || l.Short.Sign() != 0 {
		t.Errorf("%s unit-days, %d late, %s short; want 1, 1, 0", l.UnitDays, l.Late, l.Short)
	}
}
