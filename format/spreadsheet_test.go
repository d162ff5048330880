package format

import (
	"os"
	"testing"
	"time"

	"commonweal/vf"
)

func BenchmarkSpreadsheetsL(b *testing.B) {
	prefix := os.Getenv("COMMONWEAL_SHEETS")
	if prefix == "" {
		b.Skip("set COMMONWEAL_SHEETS to the prefix of the tables")
	}
	for b.Loop() {
		var f [3]File
		for i, n := range []string{"items", "bom", "demands"} {
			in, err := os.Open(prefix + "." + n + ".csv")
			if err != nil {
				b.Fatal(err)
			}
			defer in.Close()
			f[i] = File{n, in}
		}
		g, err := ReadSpreadsheets(Sheets{f[0], f[1], f[2], vf.Time{Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}})
		if err != nil {
			b.Fatal(err)
		}
		if len(g.RecipeFlows) != 175000 {
			b.Fatal(len(g.RecipeFlows))
		}
	}
}
