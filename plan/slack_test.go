package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/plan"
	"commonweal/vf"
)

// slackOf writes the slack of each process in days, in order of their ids.
func slackOf(r *plan.Report) string {
	var b strings.Builder
	for _, p := range r.Processes {
		days := "none"
		if p.Slack != nil {
			days = fmt.Sprintf("%d", *p.Slack/86400)
		}
		fmt.Fprintf(&b, "%s %s; ", p.Recipe, days)
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func TestSlack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, facts, want string }{
		{"on the day it is due", "now 0\nstock flour 9\nrecipe bake days 2 makes bread 1 takes flour 1\nneed n bread 1 on 9", "bake 0"},
		// The slow branch must begin now, the quick one has all the time that it takes less; what waits for both has none.
		{"a diamond planned from now on", "now 0\nstock iron 9\nrecipe frame days 6 makes frame 1 takes iron 1\nrecipe seat days 1 makes seat 1 takes iron 1\n" +
			"recipe bench days 1 makes bench 1 takes frame 1, seat 1\nneed n bench 1 on 4", "frame 0; seat 0; bench 0"},
		{"a lot that serves a later need too", "now 0\nstock iron 9\nrecipe nail days 1 makes nail 1 takes iron 1 least 8\nneed a nail 1 on 3\nneed b nail 7 on 9", "nail 0"},
		{"late because of another input", "now 0\noffer wool from 5\nstock dye 9\nrecipe vat days 1 makes colour 1 takes dye 1 least 2\nrecipe spin days 1 makes yarn 1 takes wool 1, colour 1\n" +
			"need n yarn 1 on 2\nneed early colour 1 on 1", "vat 0; spin 0"},
		{"a part that comes before the rest", "now 0\nstock flour 4\noffer flour from 6\nrecipe bake days 1 makes bread 1 takes flour 1\nneed n bread 10 on 2", "bake 5; bake 0"},
		{"surplus of a lot", "now 0\nstock iron 9\nrecipe nail days 1 makes nail 1 and tool 1 takes iron 1\nneed a nail 1 on 3", "nail 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, slackOf(planned(t, c.facts).Report())); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// A promise keeps a process waiting: what is done earlier than it is taken has slack.
func TestSlackBeforeAFirmReceipt(t *testing.T) {
	t.Parallel()
	facts := "now 0\nreceipt wool 4 on 6\nstock dye 9\nrecipe vat days 1 makes colour 1 takes dye 1 least 4\nrecipe spin days 1 makes yarn 1 takes wool 1, colour 1\n" +
		"need a colour 2 on 3\nneed n yarn 2 on 9"
	if diff := cmp.Diff("vat 0; spin 0", slackOf(planned(t, facts).Report())); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func criticalOf(t *testing.T, facts, need string) string {
	t.Helper()
	why, err := planned(t, facts).Why(vf.ID(need))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, x := range why.Critical {
		lines = append(lines, x.Text)
	}
	return strings.Join(lines, "\n")
}

func TestCriticalChain(t *testing.T) {
	t.Parallel()
	bench := "now 0\nstock iron 9\nrecipe frame days 6 makes frame 1 takes iron 1\nrecipe seat days 1 makes seat 1 takes iron 1\nrecipe bench days 1 makes bench 1 takes frame 1, seat 1\n"
	for _, c := range []struct{ name, facts, want string }{
		{"back to now", bench + "need n bench 1 on 4",
			"bench for bench, 2026-01-07 to 2026-01-08\nframe for frame, 2026-01-01 to 2026-01-07; it begins now"},
		{"back to an offer", "now 0\noffer wool from 5 lead 2\nrecipe spin days 1 makes yarn 1 takes wool 1\nneed n yarn 1 on 2",
			"spin for yarn, 2026-01-08 to 2026-01-09\nwool comes from a on 2026-01-08, asked for on 2026-01-06"},
		{"back to a receipt", "now 0\nreceipt wool 4 on 6\nrecipe spin days 1 makes yarn 1 takes wool 1\nneed n yarn 1 on 2",
			"spin for yarn, 2026-01-07 to 2026-01-08\nwool is promised for 2026-01-07 (receipt/wool/6)"},
		{"from stock", "now 0\nstock yarn 4\nneed n yarn 1 on 2", "yarn is on hand (stock/yarn)"},
		{"time to spare", "now 0\nreceipt wool 4 on 3\nrecipe spin days 1 makes yarn 1 takes wool 1\nneed n yarn 1 on 9",
			"spin for yarn, 2026-01-09 to 2026-01-10\nwool is promised for 2026-01-04 (receipt/wool/3), 5 days before it is taken"},
		{"nothing at all", "now 0\nneed n yarn 1 on 2", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, criticalOf(t, c.facts, "n")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
