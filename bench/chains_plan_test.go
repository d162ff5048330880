package bench

import (
	"math/big"
	"os"
	"testing"
)

// TestChainsKeepToTheirAims plans cm1, of which nothing may be short, and with
// COMMONWEAL_SOAK cm10, which may not be later than is aimed at.
func TestChainsKeepToTheirAims(t *testing.T) {
	t.Parallel()
	sizes := ChainSizes[:1]
	if os.Getenv("COMMONWEAL_SOAK") != "" {
		sizes = ChainSizes
	}
	for _, s := range sizes {
		g, err := GenerateChains(s).Graph()
		if err != nil {
			t.Fatal(err)
		}
		p, took, err := Solve(g)
		if err != nil {
			t.Fatal(err)
		}
		l := LatenessOf(p)
		t.Logf("%s: %s unit-late-days, %d late in %v", s.Name, l.UnitDays.FloatString(1), l.Late, took)
		if l.Short.Sign() != 0 || l.Late == 0 {
			t.Errorf("%s: %s units short and %d needs late; nothing may be short, and something must be late", s.Name, l.Short, l.Late)
		}
		if s.LateNeeds > 0 && (l.Late > s.LateNeeds || l.UnitDays.Cmp(big.NewRat(s.LateUnitDays, 1)) > 0) {
			t.Errorf("%s: %s unit-late-days and %d needs late; aimed at are %d and %d", s.Name, l.UnitDays.FloatString(1), l.Late, s.LateUnitDays, s.LateNeeds)
		}
	}
}
