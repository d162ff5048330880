package bench

import (
	"os"
	"testing"
)

// TestPlansMakeTheKnownOrders plans S, and with COMMONWEAL_SOAK M and L too.
func TestPlansMakeTheKnownOrders(t *testing.T) {
	t.Parallel()
	sizes := Sizes[:1]
	if os.Getenv("COMMONWEAL_SOAK") != "" {
		sizes = Sizes
	}
	for _, s := range sizes {
		g, err := Generate(s).Graph()
		if err != nil {
			t.Fatal(err)
		}
		stats, took, err := Plan(s, g)
		if err != nil {
			t.Error(err)
		}
		t.Logf("%s: %d orders, %d links in %v", s.Name, stats.Orders, stats.Links, took)
	}
}
