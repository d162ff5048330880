package main

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"
)

// TestTablesFitAndStayAligned: in any script, no row is wider than a terminal
// while columns can be cut, no row takes two lines, and columns begin together.
func TestTablesFitAndStayAligned(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringOfN(rapid.RuneFrom([]rune("aé羊毛🧶ש ")), 0, 60, -1)
		table := newTable("one", ">two", "?three", "four")
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			table.add("x"+strings.TrimSpace(cell.Draw(t, "a")), cell.Draw(t, "b"), cell.Draw(t, "c"), cell.Draw(t, "d")+"|")
		}
		var out strings.Builder
		table.write(&out)
		lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
		if len(lines) != len(table.rows)+1 {
			t.Fatalf("%d lines for %d rows", len(lines), len(table.rows))
		}
		for _, line := range lines {
			if w := uniseg.StringWidth(line); w > width {
				t.Errorf("%d wide: %q", w, line)
			}
		}
	})
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		wide int
		want string
	}{{"short", 5, "short"}, {"resource/wool", 9, "reso…wool"}, {"羊毛羊毛羊毛", 7, "羊…羊毛"}, {"abc", 1, "…"}} {
		got := cut(c.text, c.wide)
		if got != c.want || uniseg.StringWidth(got) > c.wide {
			t.Errorf("%q cut to %d is %q, want %q", c.text, c.wide, got, c.want)
		}
	}
}

// TestLongDetailsStandUnderTheirRow: what a last column has to say beyond a few
// words never makes another column narrower.
func TestLongDetailsStandUnderTheirRow(t *testing.T) {
	t.Parallel()
	table := newTable("what", "!on", "+state")
	table.add("Brown 50/50 Yarn", "Dec  5 08:00", "late:\n10 loaf on Dec 5")
	table.add("Gray 50/50 Yarn", "Dec  5 08:00", "late:\n"+strings.Repeat("10 loaf on Dec 5, ", 6)+"1 loaf on Dec 6")
	var out strings.Builder
	table.write(&out)
	const want = `what              on            state
Brown 50/50 Yarn  Dec  5 08:00  late: 10 loaf on Dec 5
Gray 50/50 Yarn   Dec  5 08:00  late:
    10 loaf on Dec 5, 10 loaf on Dec 5, 10 loaf on Dec 5, 10 loaf on Dec 5, 10
    loaf on Dec 5, 10 loaf on Dec 5, 1 loaf on Dec 6
`
	if out.String() != want {
		t.Errorf("got\n%s", out.String())
	}
}
