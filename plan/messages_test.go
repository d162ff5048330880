package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/plan"
)

// writeMessages writes messages of kinds other than takeUp, or of that one alone.
func writeMessages(list []plan.Message, takeUp bool) string {
	var b strings.Builder
	for _, x := range list {
		if (x.Kind == "takeUp") == takeUp {
			fmt.Fprintf(&b, "%s %s: %s %v %v\n", x.Kind, x.About, x.Text, x.Needs, x.Whom)
		}
	}
	return b.String()
}

func promised(id, spec, quantity, due, satisfies string) string {
	if satisfies != "" {
		satisfies = `,"satisfies":["` + satisfies + `"]`
	}
	return fmt.Sprintf(`{"@id":%q,"@type":"Commitment","action":"transfer","provider":"anna","receiver":"b","resourceConformsTo":%q,`+
		`"resourceQuantity":{"hasNumericalValue":%q,"hasUnit":"unit/piece"},"due":%q%s}`, id, spec, quantity, due, satisfies)
}

func TestMessages(t *testing.T) {
	t.Parallel()
	const spin = "recipe spin days 1 makes yarn 1 takes wool 1\n"
	for _, c := range []struct {
		name, facts string
		records     []string
		want        string
	}{
		{"a promise that fits", "now 0\nreceipt wool 4 on 7\n" + spin + "need n yarn 4 on 8", nil, ""},
		{"needed by nobody", "now 0\nreceipt wool 4 on 6\n", nil,
			"cancel receipt/wool/6: Call off 4 pc of wool (receipt/wool/6), because nothing that is planned takes it. [] [a b]\n"},
		{"not all is needed", "now 0\nreceipt wool 4 on 7\n" + spin + "need n yarn 3 on 8", nil,
			"decrease receipt/wool/7: Lower 4 pc of wool (receipt/wool/7) by 1 pc, because only 3 pc are taken. [n] [a b]\n"},
		{"earlier than needed", "now 0\nreceipt wool 4 on 2\n" + spin + "need n yarn 4 on 8", nil,
			"defer receipt/wool/2: 4 pc of wool (receipt/wool/2) may come 5 days later than 2026-01-03, because spin is the first to take it, on 2026-01-08. [n] [a b]\n"},
		{"a day early needs no word", "now 0\nreceipt wool 4 on 6\n" + spin + "need n yarn 4 on 8", nil, ""},
		{"a need waits for it", "now 0\nreceipt wool 4 on 9\n" + spin + "need n yarn 4 on 8", nil,
			"expedite receipt/wool/9: Have 4 pc of wool (receipt/wool/9) by 2026-01-08, not on 2026-01-10, because n waits 2 days for it. [n] [a b]\n"},
		{"it would be taken anew before it comes", "now 0\noffer wool\nreceipt wool 4 on 9\n" + spin + "need n yarn 3 on 8", nil,
			"expedite receipt/wool/9: Have 3 pc of wool (receipt/wool/9) by 2026-01-08, not on 2026-01-10, because otherwise offer/wool gives 3 pc anew for that day. [n] [a b]\n"},
		{"promised to the need itself, too late", "now 0\nneed n yarn 4 on 2", []string{promised("c", "yarn", "4", "2026-01-06T00:00:00Z", "n")},
			"expedite c: Have 4 pc of yarn (c) by 2026-01-03, not on 2026-01-06, because it is wanted by then. [n] [anna b]\n"},
		{"the need was raised", "now 0\noffer yarn\nneed n yarn 6 on 2", []string{promised("c", "yarn", "4", "2026-01-02T00:00:00Z", "n")},
			"increase c: Promise 2 pc more of yarn (c), because n wants 6 pc. [n] [anna b]\n"},
		{"the need was lowered", "now 0\nneed n yarn 3 on 2", []string{promised("c", "yarn", "4", "2026-01-02T00:00:00Z", "n")},
			"decrease c: Lower c by 1 pc, because n has more promised than it says. [] [anna b]\n"},
		{"firm work whose input comes later", "now 0\nreceipt flour 6 on 6", []string{
			`{"@id":"p","@type":"Process","hasBeginning":"2026-01-05T00:00:00Z","hasEnd":"2026-01-06T00:00:00Z"}`,
			`{"@id":"c","@type":"Commitment","action":"consume","inputOf":"p","provider":"a","receiver":"b","resourceConformsTo":"flour","resourceQuantity":{"hasNumericalValue":"6","hasUnit":"unit/piece"}}`},
			"expedite receipt/flour/6: Have 6 pc of flour (receipt/flour/6) by 2026-01-05, not on 2026-01-07, because c waits 2 days for it. [c] [a b]\n" +
				"defer c: 6 pc of flour (c) cannot go in on 2026-01-05: begin on 2026-01-07, because flour can be had only then. [] [a b]\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, _ := planOf(t, c.facts, c.records...)
			if diff := cmp.Diff(c.want, writeMessages(p.Messages(0), false)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestMessageOfAFinishedNeed(t *testing.T) {
	t.Parallel()
	p, _ := planOf(t, "now 0\noffer yarn", promised("c", "yarn", "4", "2026-01-02T00:00:00Z", "n"),
		`{"@id":"n","@type":"Intent","action":"transfer","receiver":"b","resourceConformsTo":"yarn","resourceQuantity":{"hasNumericalValue":"4","hasUnit":"unit/piece"},"due":"2026-01-04T00:00:00Z","finished":true}`)
	if got := writeMessages(p.Messages(0), false); !strings.HasPrefix(got, "cancel c: Call off c, because n is finished.") {
		t.Error(got)
	}
}

// What is proposed to begin within the time asked for waits for somebody; what
// begins later is not told yet.
func TestMessagesToTakeUp(t *testing.T) {
	t.Parallel()
	p, _ := planOf(t, "now 0\noffer flour lead 1\nrecipe bake days 2 makes bread 1 takes flour 2\nneed breakfast bread 10 on 5\nneed feast bread 3 on 60",
		`{"@id":"p","@type":"Process","name":"Mowing","hasBeginning":"2026-01-03T00:00:00Z","hasEnd":"2026-01-04T00:00:00Z"}`,
		`{"@id":"mow/out","@type":"Commitment","action":"produce","outputOf":"p","provider":"a","receiver":"b","resourceConformsTo":"flour","resourceQuantity":{"hasNumericalValue":"1","hasUnit":"unit/piece"},"due":"2026-01-04T00:00:00Z"}`,
		`{"@id":"mow/work","@type":"Intent","action":"work","inputOf":"p","receiver":"b","resourceConformsTo":"flour","effortQuantity":{"hasNumericalValue":"3","hasUnit":"unit/day"}}`)
	want := `takeUp mow/work: Promise work 3 d of flour (mow/work) by 2026-01-03, because Mowing (p) was promised or begun, and nobody has promised this yet. [] [b]
takeUp plan/offer/flour/20260104T000000Z: Ask a for 19 pc of flour on 2026-01-03, to have it on 2026-01-04, because breakfast rests on it. [breakfast] [a b]
takeUp plan/bake/20260106T000000Z: Take up bake, 2026-01-04 to 2026-01-06, for 10 pc of bread, because breakfast rests on it. [breakfast] [b]
`
	if diff := cmp.Diff(want, writeMessages(p.Messages(14*86400), true)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := writeMessages(p.Messages(86400), true); got != "" {
		t.Errorf("within a day nothing begins, got %s", got)
	}
}
