package plan_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/plan"
	"commonweal/vf"
)

// A case is a small network in words, a line "---", and the plan it must have.
// Days count from 2026-01-01; numbers are pieces unless a unit stands behind.
//
//	now 0
//	stock A 5 [stage S]
//	receipt A 5 on 3 [arrived 4]     a commitment, of which so much has come
//	offer A [available 10] [lead 2] [from 1] [until 9] [least 3] [preference 1] [id o1]
//	recipe P days 2 [each 1] makes A 1 [and B 2] takes C 2, D 1 [batch] [yield 0.9] [least 5] [multiple 5] [most 20] [from 1] [until 9] [preference 1]
//	need n A 10 on 5 [tier 2] [useful 20] [until 5] [stage S]
type network struct {
	g   vf.Graph
	now vf.Time
	ids map[vf.ID]bool
}

const epoch = 1767225600 // 2026-01-01

func days(text string) vf.Time {
	d, err := vf.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	hours, whole, err := d.Steps(vf.NewDecimal(1, 5))
	if err != nil || !whole {
		panic("not a date: " + text)
	}
	return vf.At(epoch + hours*86400/100000)
}

func pieces(text string) vf.Measure {
	d, err := vf.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return vf.Measure{HasNumericalValue: d, HasUnit: "unit/piece"}
}

func duration(text string) vf.Measure {
	m := pieces(text)
	m.HasUnit = "unit/day"
	return m
}

func readCase(text string) *network {
	n := &network{ids: map[vf.ID]bool{}}
	n.g.Add(&vf.Unit{ID: "unit/piece", Symbol: "pc", Label: "piece"}, &vf.Unit{ID: "unit/day", OmUnitIdentifier: "day", Symbol: "d"})
	for _, line := range strings.Split(text, "\n") {
		if w := strings.Fields(line); len(w) > 0 && w[0] != "#" {
			n.line(w)
		}
	}
	return n
}

func (n *network) spec(id string) vf.ID {
	if !n.ids[vf.ID(id)] {
		n.ids[vf.ID(id)] = true
		n.g.Add(&vf.ResourceSpecification{ID: vf.ID(id), Name: id, DefaultUnitOfResource: "unit/piece"})
	}
	return vf.ID(id)
}

// options reads what stands behind as pairs of word and value.
func options(w []string) func(string) string {
	return func(name string) string {
		if i := slices.Index(w, name); i >= 0 && i+1 < len(w) {
			return w[i+1]
		}
		return ""
	}
}

func (n *network) line(w []string) {
	opt := options(w)
	switch w[0] {
	case "now":
		n.now = days(w[1])
	case "stock":
		n.g.Add(&vf.EconomicResource{ID: vf.ID("stock/" + w[1] + opt("stage")), ConformsTo: n.spec(w[1]), OnhandQuantity: pieces(w[2]), Stage: vf.ID(opt("stage"))})
	case "receipt":
		c := &vf.Commitment{ID: vf.ID("receipt/" + w[1] + "/" + opt("on")), Action: vf.Transfer, Provider: "a", Receiver: "b", ResourceConformsTo: n.spec(w[1]), ResourceQuantity: pieces(w[2]), Due: days(opt("on"))}
		n.g.Add(c)
		if x := opt("arrived"); x != "" {
			n.g.Add(&vf.EconomicEvent{ID: "event/" + c.ID, Action: vf.Transfer, ResourceConformsTo: c.ResourceConformsTo, ResourceQuantity: pieces(x), Fulfills: []vf.ID{c.ID}})
		}
	case "offer":
		n.offer(w[1], opt)
	case "recipe":
		n.recipe(w, opt)
	case "need":
		i := &vf.Intent{ID: vf.ID(w[1]), Action: vf.Transfer, Receiver: "b", ResourceConformsTo: n.spec(w[2]), ResourceQuantity: pieces(w[3]), Due: days(opt("on")), Stage: vf.ID(opt("stage"))}
		i.Tier, _ = strconv.Atoi(opt("tier"))
		if x := opt("useful"); x != "" {
			i.MinimumUsefulQuantity = pieces(x)
		}
		if x := opt("until"); x != "" {
			i.LatestUseful = days(x)
		}
		n.g.Add(i)
	default:
		panic("unknown word " + w[0])
	}
}

func (n *network) offer(of string, opt func(string) string) {
	i := &vf.Intent{ID: vf.ID("offer/" + of + opt("id")), Action: vf.Transfer, Provider: "a", ResourceConformsTo: n.spec(of), ResourceQuantity: pieces("1")}
	for name, set := range map[string]func(string){
		"available":  func(x string) { i.AvailableQuantity = pieces(x) },
		"least":      func(x string) { i.MinimumQuantity = pieces(x) },
		"lead":       func(x string) { i.LeadTime = duration(x) },
		"from":       func(x string) { i.HasBeginning = days(x) },
		"until":      func(x string) { i.HasEnd = days(x) },
		"preference": func(x string) { i.Preference, _ = strconv.Atoi(x) },
		"stage":      func(x string) { i.Stage = vf.ID(x) },
	} {
		if x := opt(name); x != "" {
			set(x)
		}
	}
	n.g.Add(i)
}

func (n *network) recipe(w []string, opt func(string) string) {
	r := &vf.RecipeProcess{ID: vf.ID(w[1]), Name: w[1], HasDuration: duration("0"), ProcessConformsTo: vf.ID(opt("stage"))}
	for name, set := range map[string]func(string){
		"days":       func(x string) { r.HasDuration = duration(x) },
		"each":       func(x string) { r.DurationPerUnit = duration(x) },
		"least":      func(x string) { r.LeastBatch = pieces(x) },
		"multiple":   func(x string) { r.BatchMultiple = pieces(x) },
		"most":       func(x string) { r.LargestBatch = pieces(x) },
		"from":       func(x string) { r.ValidFrom = days(x) },
		"until":      func(x string) { r.ValidUntil = days(x) },
		"preference": func(x string) { r.Preference, _ = strconv.Atoi(x) },
		"yield": func(x string) {
			d, _ := vf.ParseDecimal(x)
			r.Yield = &d
		},
	} {
		if x := opt(name); x != "" {
			set(x)
		}
	}
	n.g.Add(r)
	side, count := "", 0
	for i := 2; i < len(w); i++ {
		switch w[i] {
		case "makes", "takes", "carries":
			side = w[i]
		case "and", "batch":
		default:
			if side == "" {
				i++
				continue
			}
			count++
			n.flow(r, side, count, w[i], strings.TrimSuffix(w[i+1], ","), i+2 < len(w) && strings.HasPrefix(w[i+2], "batch"))
			if i++; !slices.Contains([]string{"and", "takes", "makes", "carries", "batch"}, at(w, i+1)) && !strings.HasSuffix(w[i], ",") && at(w, i+1) != "batch," {
				side = ""
			}
		}
	}
}

func at(w []string, i int) string {
	if i < len(w) {
		return w[i]
	}
	return ""
}

// flow adds a flow; "A@S" is A at stage S, "A:S>T" carries A from stage S.
func (n *network) flow(r *vf.RecipeProcess, side string, count int, what, q string, batch bool) {
	name, stage, _ := strings.Cut(what, "@")
	f := &vf.RecipeFlow{ID: vf.ID(fmt.Sprintf("%s/%02d", r.ID, count)), ResourceConformsTo: n.spec(name), ResourceQuantity: pieces(q), Stage: vf.ID(stage), PerBatch: batch}
	switch side {
	case "makes":
		f.Action, f.RecipeOutputOf = vf.Produce, r.ID
	case "takes":
		f.Action, f.RecipeInputOf = vf.Consume, r.ID
	case "carries":
		out := *f
		out.ID, out.Action, out.RecipeOutputOf, out.Stage = f.ID+"out", vf.Dropoff, r.ID, ""
		f.Action, f.RecipeInputOf = vf.Pickup, r.ID
		n.g.Add(&out)
	}
	n.g.Add(f)
}

// show writes a plan as the cases expect it: processes and takings by date, what
// each input takes from where, then needs, then problems.
func show(r *plan.Report) string {
	var b strings.Builder
	date := func(t vf.Time) string {
		hours := (t.Unix() - epoch) * 100 / 86400
		return strings.TrimSuffix(strings.TrimSuffix(fmt.Sprintf("%d.%02d", hours/100, hours%100), "00"), ".")
	}
	for _, p := range r.Processes {
		fmt.Fprintf(&b, "%s %s..%s", strings.TrimPrefix(string(p.ID), "plan/"), date(p.HasBeginning), date(p.HasEnd))
		for _, f := range r.Flows {
			if f.OutputOf == p.ID {
				fmt.Fprintf(&b, " +%s %s", f.ResourceConformsTo, f.ResourceQuantity.HasNumericalValue)
			}
		}
		for _, f := range r.Flows {
			if f.InputOf == p.ID {
				fmt.Fprintf(&b, " -%s %s", f.ResourceConformsTo, f.ResourceQuantity.HasNumericalValue)
			}
		}
		b.WriteString("\n")
	}
	for _, f := range r.Flows {
		if f.InputOf+f.OutputOf == "" && !f.Firm {
			fmt.Fprintf(&b, "take %s %s by %s\n", f.From[0].Offer, f.ResourceQuantity.HasNumericalValue, date(f.Due))
		}
	}
	for _, d := range r.Needs {
		fmt.Fprintf(&b, "%s %s:", d.ID, d.State)
		for _, c := range d.Coverage {
			fmt.Fprintf(&b, " %s on %s", c.ResourceQuantity.HasNumericalValue, date(c.At))
		}
		b.WriteString("\n")
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "%s: %s\n", p.Kind, p.Text)
	}
	return strings.ReplaceAll(b.String(), "T000000Z", "")
}

func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			facts, want, _ := strings.Cut(string(raw), "\n---\n")
			n := readCase(facts)
			p, err := plan.New(&n.g, plan.Settings{Now: n.now})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(show(p.Report()))); diff != "" {
				t.Errorf("the plan differs (-want +got):\n%s", diff)
			}
		})
	}
}
