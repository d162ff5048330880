package plan_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/plan"
	"commonweal/vf"
	"commonweal/zone"
)

// A case is a small network in words, a line "---", and the plan it must have.
// Days count from 2026-01-01, a Thursday; 4T08:30 is half past eight on day 4.
// Numbers are pieces unless a unit stands behind.
//
//	now 0
//	strict                             needs of one tier race instead of sharing
//	whole                              a piece cannot be divided
//	kinds                              problems are shown by kind and causes, not in words
//	stock A 5 [stage S]
//	member anna [of farm]              an agent of the network, and of a group
//	promise p A 5 by anna on 3 [to n]  a commitment of theirs to b, or to a need
//	receipt A 5 on 3 [arrived 4]       a commitment, of which so much has come
//	offer A [available 10] [lead 2] [from 1] [until 9] [least 3] [multiple 5] [renews week] [preference 1] [id o1]
//	recipe P days 2 [hours 8] [each 1] [setup 0.5] [by anna] [at barn] [TIME]
//	         makes A 1 [and B 2] takes C 2, D 1 [batch] uses loom 1 works weaving 8
//	         [yield 0.9] [least 5] [multiple 5] [most 20] [from 1] [until 9] [preference 1]
//	need n A 10 on 5 [tier 2] [people 3] [useful 20] [until 5] [stage S] [together x] [keep target]
//	agent anna [frozen 2] [TIME]
//	machine loom1 of loom [parallel 2] [efficiency 0.5] [budget 40 week] [preference 1] [owner anna] [overload] [TIME]
//	place barn [room 1] [overload] [TIME]
//	hours anna weaving 40 [week] [from 1] [until 9] [preference 1] [overload]
//	limit water 100 month [overload]
//	busy loom1 from 3 until 5          a firm process that uses the machine
//	booked anna weaving 8 from 3 until 5
//
// TIME is any number of `open mon-fri/8-16/Europe/Berlin` (days, then hours, then
// zone; the last two may be left out) and `closed 10 12`. "uses loom 2h" and
// "works weaving 8" are hours for each run.
type network struct {
	g              vf.Graph
	now            vf.Time
	ids            map[vf.ID]bool
	strict, kinds  bool
	firm           int
	text           string // as it was read
	hour, piece    *vf.Unit
	specifications map[vf.ID]*vf.ResourceSpecification
}

func (n *network) settings() plan.Settings {
	return plan.Settings{Now: n.now, Strict: n.strict, Zone: zone.Load}
}

func readCase(text string) *network {
	n := &network{text: text, ids: map[vf.ID]bool{}, specifications: map[vf.ID]*vf.ResourceSpecification{}}
	n.hour = &vf.Unit{ID: "unit/hour", OmUnitIdentifier: "hour", Symbol: "h"}
	n.piece = &vf.Unit{ID: "unit/piece", Symbol: "pc", Label: "piece"}
	n.g.Add(n.piece, &vf.Unit{ID: "unit/day", OmUnitIdentifier: "day", Symbol: "d"}, n.hour)
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
		s := &vf.ResourceSpecification{ID: vf.ID(id), Name: id, DefaultUnitOfResource: "unit/piece"}
		n.specifications[s.ID] = s
		n.g.Add(s)
	}
	return vf.ID(id)
}

func (n *network) line(w words) {
	switch w[0] {
	case "now":
		n.now = days(w[1])
	case "strict":
		n.strict = true
	case "kinds":
		n.kinds = true
	case "whole":
		step := vf.Whole(1)
		n.piece.Step = &step
	case "stock":
		n.g.Add(&vf.EconomicResource{ID: vf.ID("stock/" + w[1] + w.after("stage")), ConformsTo: n.spec(w[1]), OnhandQuantity: pieces(w[2]), Stage: vf.ID(w.after("stage"))})
	case "receipt":
		c := &vf.Commitment{ID: vf.ID("receipt/" + w[1] + "/" + w.after("on")), Action: vf.Transfer, Provider: "a", Receiver: "b", ResourceConformsTo: n.spec(w[1]), ResourceQuantity: pieces(w[2]), Due: days(w.after("on"))}
		n.g.Add(c)
		if x := w.after("arrived"); x != "" {
			n.g.Add(&vf.EconomicEvent{ID: "event/" + c.ID, Action: vf.Transfer, ResourceConformsTo: c.ResourceConformsTo, ResourceQuantity: pieces(x), Fulfills: []vf.ID{c.ID}})
		}
	case "promise":
		n.promise(w)
	case "member":
		n.g.Add(&vf.Agent{ID: vf.ID(w[1]), Name: w[1]}, &vf.Membership{ID: vf.ID("membership/" + w[1]), Member: vf.ID(w[1]), InScopeOf: vf.ID(w.after("of"))})
	case "offer":
		n.offer(w)
	case "recipe":
		n.recipe(w)
	case "need":
		n.need(w)
	case "agent":
		n.g.Add(&vf.Agent{ID: vf.ID(w[1]), Name: w[1], WorkTime: w.workTime(), Frozen: duration(w.after("frozen"))})
	case "machine":
		n.machine(w)
	case "place":
		n.g.Add(&vf.SpatialThing{ID: vf.ID(w[1]), Name: w[1], Parallel: number(w.after("room")), Overload: truth(w.has("overload")), WorkTime: w.workTime()})
	case "hours":
		n.hoursOffered(w)
	case "limit":
		n.spec(w[1])
		s := n.specifications[vf.ID(w[1])]
		s.Budget, s.BudgetPeriod, s.Overload = pieces(w[2]), w[3], truth(w.has("overload"))
	case "busy", "booked":
		n.promised(w)
	default:
		panic("unknown word " + w[0])
	}
}

func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	if pending := os.Getenv("COMMONWEAL_CASES"); pending != "" { // cases that are being written
		files, _ = filepath.Glob(pending)
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
			p, err := plan.New(&n.g, n.settings())
			if err != nil {
				t.Fatal(err)
			}
			r := p.Report()
			if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(n.show(r))); diff != "" {
				t.Errorf("the plan differs (-want +got):\n%s", diff)
			}
			for _, fault := range check(&n.g, n.now, r) {
				t.Error(fault)
			}
		})
	}
}

// show writes a plan as the cases expect it: processes and takings by date, what
// each input takes from where, then needs, then problems.
func show(r *plan.Report) string { return (&network{}).show(r) }

func (n *network) show(r *plan.Report) string {
	var b strings.Builder
	for i := range r.Processes {
		showProcess(&b, r, &r.Processes[i])
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
		if !n.kinds {
			fmt.Fprintf(&b, "%s: %s\n", p.Kind, p.Text)
			continue
		}
		var causes []string
		for _, c := range p.Causes {
			causes = append(causes, c.Kind+" "+string(c.About))
		}
		slices.Sort(causes)
		fmt.Fprintf(&b, "%s %s", p.Kind, p.About)
		if len(causes) > 0 {
			b.WriteString(" because " + strings.Join(slices.Compact(causes), ", "))
		}
		b.WriteString("\n")
	}
	return strings.ReplaceAll(b.String(), "T000000Z", "")
}

// showProcess writes a process with what it gives (+), what it takes (-), on which
// machine and by whose hours.
func showProcess(b *strings.Builder, r *plan.Report, p *plan.Process) {
	fmt.Fprintf(b, "%s %s..%s", strings.TrimPrefix(string(p.ID), "plan/"), date(p.HasBeginning), date(p.HasEnd))
	for _, f := range r.Flows {
		if f.OutputOf == p.ID {
			fmt.Fprintf(b, " +%s %s", f.ResourceConformsTo, f.ResourceQuantity.HasNumericalValue)
		}
	}
	for _, f := range r.Flows {
		switch {
		case f.InputOf != p.ID:
		case f.Action == vf.Use && f.ResourceInventoriedAs != "":
			fmt.Fprintf(b, " on %s", f.ResourceInventoriedAs)
		case f.Action == vf.Work && f.Provider != "":
			fmt.Fprintf(b, " by %s %s", f.Provider, f.EffortQuantity.HasNumericalValue)
		case f.Action == vf.Work:
			fmt.Fprintf(b, " open %s %s", f.ResourceConformsTo, f.EffortQuantity.HasNumericalValue)
		default:
			fmt.Fprintf(b, " -%s %s", f.ResourceConformsTo, f.ResourceQuantity.HasNumericalValue)
		}
	}
	b.WriteString("\n")
}
