package plan_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/plan"
	"commonweal/vf"
)

// planned plans a case.
func planned(t *testing.T, facts string) *plan.Plan {
	t.Helper()
	n := readCase(facts)
	p, err := plan.New(&n.g, plan.Settings{Now: n.now})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// writeDiff writes a diff in words, with the counts before and the causes behind.
func writeDiff(d *plan.Diff) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d added, %d removed, %d moved, %d resized\n", d.Added, d.Removed, d.Moved, d.Resized)
	for _, c := range d.Lines() {
		fmt.Fprintf(&b, "%s: %s; because %s; needs %v; whom %v\n", c.Kind, c.Text, strings.Join(c.Causes, " and "), c.Needs, c.Whom)
	}
	for _, c := range d.Needs() {
		fmt.Fprintln(&b, c.Text)
	}
	return b.String()
}

const bakery = `now 0
offer flour lead 1 id 1
recipe bake days 2 makes bread 1 takes flour 2
recipe brew days 3 makes beer 1 takes malt 2
stock malt 10
need breakfast bread 10 on 9
need feast beer 3 on 9
`

func TestDiffSaysWhatChanged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, was, is, want string }{
		{"nothing", bakery, bakery, "0 added, 0 removed, 0 moved, 0 resized\n"},
		{"a need raised", bakery, strings.Replace(bakery, "bread 10", "bread 12", 1), `0 added, 0 removed, 0 moved, 2 resized
resized: taking 24 pc of flour from a instead of 20 pc; because breakfast is raised from 10 pc to 12 pc; needs [breakfast]; whom [a b]
resized: bake for 12 pc of bread instead of 10 pc; because breakfast is raised from 10 pc to 12 pc; needs [breakfast]; whom [b]
breakfast: on time, 12 pc on 2026-01-10; before: on time, 10 pc on 2026-01-10
`},
		{"a need moved", bakery, strings.Replace(bakery, "bread 10 on 9", "bread 10 on 8", 1), `0 added, 0 removed, 2 moved, 0 resized
moved: taking 20 pc of flour from a is now from 2026-01-06 to 2026-01-07, and was from 2026-01-07 to 2026-01-08 (1 day earlier); because breakfast is due on 2026-01-09, and was on 2026-01-10; needs [breakfast]; whom [a b]
moved: bake for 10 pc of bread is now from 2026-01-07 to 2026-01-09, and was from 2026-01-08 to 2026-01-10 (1 day earlier); because breakfast is due on 2026-01-09, and was on 2026-01-10; needs [breakfast]; whom [b]
breakfast: on time, 10 pc on 2026-01-09; before: on time, 10 pc on 2026-01-10
`},
		{"less malt, and a need gone", bakery, strings.NewReplacer("malt 10", "malt 4", "need breakfast bread 10 on 9\n", "").Replace(bakery), `0 added, 2 removed, 0 moved, 1 resized
removed: taking 20 pc of flour from a, from 2026-01-07 to 2026-01-08, is no longer planned; because breakfast is no more: 10 pc of bread for b by 2026-01-10; needs [breakfast]; whom [a b]
resized: brew for 2 pc of beer instead of 3 pc; because 4 pc of malt on hand (stock/malt), was 10 pc; needs [feast]; whom [b]
removed: bake for 10 pc of bread, from 2026-01-08 to 2026-01-10, is no longer planned; because breakfast is no more: 10 pc of bread for b by 2026-01-10; needs [breakfast]; whom [b]
breakfast is no more
feast: short by 1 pc, 2 pc on 2026-01-10; before: on time, 3 pc on 2026-01-10
`},
		{"one more batch moves none", bakery, bakery + "need lunch bread 4 on 5\n", `2 added, 0 removed, 0 moved, 0 resized
added: taking 8 pc of flour from a is new, from 2026-01-03 to 2026-01-04; because lunch is new: 4 pc of bread for b by 2026-01-06; needs [lunch]; whom [a b]
added: bake for 4 pc of bread is new, from 2026-01-04 to 2026-01-06; because lunch is new: 4 pc of bread for b by 2026-01-06; needs [lunch]; whom [b]
lunch is new: on time, 4 pc on 2026-01-06
`},
		{"a recipe takes longer", bakery, strings.Replace(bakery, "brew days 3", "brew days 4", 1), `0 added, 0 removed, 1 moved, 0 resized
moved: brew for 3 pc of beer is now from 2026-01-06 to 2026-01-10, and was from 2026-01-07 to 2026-01-10; because brew (brew) was changed; needs [feast]; whom [b]
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			old, made := planned(t, c.was), planned(t, c.is)
			if diff := cmp.Diff(c.want, writeDiff(made.Diff(old))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if back := old.Diff(made); back.Added != made.Diff(old).Removed || back.Moved != made.Diff(old).Moved {
				t.Errorf("the way back: %s", writeDiff(back))
			}
		})
	}
}

// A machine, a worker's hours, a place, a limit or somebody's week that is other than
// before is a cause in the part that it bounds, and in no other.
func TestDiffSaysWhatBounds(t *testing.T) {
	t.Parallel()
	const shop = "now 0\nstock wool 99\nrecipe weave days 1 by anna at barn makes cloth 1 takes wool 1 uses loom 1 works weaving 2\n" +
		"machine loom1 of loom parallel 1\nhours anna weaving 40 week\nplace barn room 3\nlimit wool 100 month\nagent anna\n" +
		"need n cloth 1 on 9\nrecipe brew days 3 makes beer 1 takes malt 2\nstock malt 10\nneed feast beer 3 on 9\n"
	for _, c := range []struct{ from, to, want string }{
		{"", "", ""},
		{"machine loom1 of loom parallel 1", "machine loom1 of loom parallel 1 efficiency 0.5", "loom1 (loom1) is other than before"},
		{"hours anna weaving 40 week", "hours anna weaving 30 week", "hours/anna/weaving (hours/anna/weaving) is other than before"},
		{"room 3", "room 2", "barn (barn) is other than before"},
		{"limit wool 100 month", "limit wool 90 month", "wool (wool) is other than before"},
		{"agent anna", "agent anna frozen 1", "anna (anna) is new"},
		{"machine loom1 of loom parallel 1\n", "", "loom1 (loom1) is no more"},
	} {
		d := planned(t, strings.Replace(shop+"need late beer 1 on 9", c.from, c.to, 1)).Diff(planned(t, shop))
		want := []string{"late is new: 1 pc of beer for b by 2026-01-10"}
		if c.want != "" {
			want = append(want, c.want)
		}
		slices.Sort(want)
		if !slices.Equal(d.Facts(), want) {
			t.Errorf("%s > %s: the facts are %q, want %q", c.from, c.to, d.Facts(), want)
		}
		for _, x := range d.Lines() {
			if x.Recipe == "brew" && len(x.Causes) != 1 {
				t.Errorf("%s > %s: the causes of brewing are %q", c.from, c.to, x.Causes)
			}
			if x.Recipe == "weave" && !slices.Equal(x.Causes, []string{c.want}) {
				t.Errorf("%s > %s: the causes of weaving are %q", c.from, c.to, x.Causes)
			}
		}
	}
}

// The names in a diff are those of the reports of both plans, and every process
// that is in one report alone is in the diff.
func TestDiffNamesWhatReportsName(t *testing.T) {
	t.Parallel()
	was := bakery + "need a bread 3 on 7\nneed b bread 3 on 7\nrecipe cart days 1 carries bread@x 1\nrecipe roll days 1 stage x makes bread@x 1 takes flour 1 least 2 most 2\n"
	is := strings.NewReplacer("bread 3 on 7\nneed b", "bread 5 on 8\nneed b", "malt 10", "malt 2").Replace(was)
	old, made := planned(t, was), planned(t, is)
	ids := func(r *plan.Report) (list []vf.ID) {
		for _, x := range r.Processes {
			list = append(list, x.ID)
		}
		for _, x := range r.Flows {
			if x.InputOf+x.OutputOf == "" {
				list = append(list, x.ID)
			}
		}
		return list
	}
	before, after := ids(old.Report()), ids(made.Report())
	named := map[vf.ID]bool{}
	for _, c := range made.Diff(old).Lines() {
		if c.Was != "" && !slices.Contains(before, c.Was) || c.Is != "" && !slices.Contains(after, c.Is) {
			t.Errorf("the diff names %q and %q, which the reports do not", c.Was, c.Is)
		}
		named[c.Was], named[c.Is] = true, true
	}
	for _, id := range after {
		if !slices.Contains(before, id) && !named[id] {
			t.Errorf("%s came and is in no line", id)
		}
	}
	if len(named) < 4 {
		t.Errorf("only %d names: the case says too little", len(named))
	}
}

func TestDiffForPrograms(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(planned(t, strings.Replace(bakery, "bread 10", "bread 12", 1)).Diff(planned(t, bakery)))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"resized":2`, `"kind":"resized"`, `"was":"plan/bake/20260110T000000Z"`, `"facts":["breakfast is raised from 10 pc to 12 pc"]`, `"before":{"hasBeginning":"2026-01-08`} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("%s is not in %s", want, raw)
		}
	}
}
