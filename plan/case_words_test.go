package plan_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"commonweal/vf"
)

// words are those of one line of a case.
type words []string

// after is the word that follows another, "" if that is not there.
func (w words) after(name string) string { return w.at(slices.Index(w, name), 1) }

// at is the word so many behind another that stands at i.
func (w words) at(i, behind int) string {
	if i >= 0 && i+behind < len(w) {
		return w[i+behind]
	}
	return ""
}

func (w words) has(name string) bool { return slices.Contains(w, name) }

// set hands the values of the options that are there to those who take them.
func (w words) set(takers map[string]func(string)) {
	for name, take := range takers {
		if x := w.after(name); x != "" {
			take(x)
		}
	}
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil && text != "" {
		panic(err)
	}
	return n
}

func truth(yes bool) vf.Truth {
	if yes {
		return vf.Yes
	}
	return vf.Unsaid
}

func decimal(text string) *vf.Decimal {
	d, err := vf.ParseDecimal(text)
	if err != nil {
		panic(err)
	}
	return &d
}

func pieces(text string) vf.Measure {
	return vf.Measure{HasNumericalValue: *decimal(text), HasUnit: "unit/piece"}
}

func duration(text string) vf.Measure {
	if text == "" {
		return vf.Measure{}
	}
	return vf.Measure{HasNumericalValue: *decimal(text), HasUnit: "unit/day"}
}

func hours(text string) vf.Measure {
	return vf.Measure{HasNumericalValue: *decimal(text), HasUnit: "unit/hour"}
}

func (n *network) need(w words) {
	i := &vf.Intent{ID: vf.ID(w[1]), Action: vf.Transfer, Receiver: "b", ResourceConformsTo: n.spec(w[2]), ResourceQuantity: pieces(w[3]), Due: days(w.after("on")),
		Stage: vf.ID(w.after("stage")), Tier: number(w.after("tier")), People: number(w.after("people")), Together: w.after("together"), Keep: w.after("keep")}
	w.set(map[string]func(string){
		"useful": func(x string) { i.MinimumUsefulQuantity = pieces(x) },
		"until":  func(x string) { i.LatestUseful = days(x) },
	})
	n.g.Add(i)
}

func (n *network) offer(w words) {
	i := &vf.Intent{ID: vf.ID("offer/" + w[1] + w.after("id")), Action: vf.Transfer, Provider: "a", ResourceConformsTo: n.spec(w[1]), ResourceQuantity: pieces("1"),
		Preference: number(w.after("preference")), Stage: vf.ID(w.after("stage")), BudgetPeriod: w.after("renews")}
	w.set(map[string]func(string){
		"available": func(x string) { i.AvailableQuantity = pieces(x) },
		"least":     func(x string) { i.MinimumQuantity = pieces(x) },
		"multiple":  func(x string) { i.BatchMultiple = pieces(x) },
		"lead":      func(x string) { i.LeadTime = duration(x) },
		"from":      func(x string) { i.HasBeginning = days(x) },
		"until":     func(x string) { i.HasEnd = days(x) },
	})
	n.g.Add(i)
}

func (n *network) machine(w words) {
	r := &vf.EconomicResource{ID: vf.ID(w[1]), Name: w[1], ConformsTo: n.spec(w.after("of")), Parallel: number(w.after("parallel")), WorkTime: w.workTime(),
		Preference: number(w.after("preference")), PrimaryAccountable: vf.ID(w.after("owner")), Overload: truth(w.has("overload"))}
	w.set(map[string]func(string){
		"efficiency": func(x string) { r.Efficiency = decimal(x) },
		"budget":     func(x string) { r.Budget, r.BudgetPeriod = hours(x), w.at(slices.Index(w, "budget"), 2) },
	})
	n.g.Add(r)
}

// promise is a commitment of somebody to give something.
func (n *network) promise(w words) {
	c := &vf.Commitment{ID: vf.ID(w[1]), Action: vf.Transfer, Provider: vf.ID(w.after("by")), Receiver: "b", ResourceConformsTo: n.spec(w[2]), ResourceQuantity: pieces(w[3]), Due: days(w.after("on"))}
	w.set(map[string]func(string){"to": func(x string) { c.Satisfies = []vf.ID{vf.ID(x)} }})
	n.g.Add(c)
}

// hoursOffered is an offer of work: so many hours a period, or for the whole time.
func (n *network) hoursOffered(w words) {
	i := &vf.Intent{ID: vf.ID("hours/" + w[1] + "/" + w[2]), Action: vf.Work, Provider: vf.ID(w[1]), ResourceConformsTo: n.spec(w[2]), EffortQuantity: hours(w[3]),
		Preference: number(w.after("preference")), Overload: truth(w.has("overload"))}
	if slices.Contains([]string{"day", "week", "month", "quarter", "year"}, w.at(0, 4)) {
		i.BudgetPeriod = w[4]
	}
	w.set(map[string]func(string){
		"from":  func(x string) { i.HasBeginning = days(x) },
		"until": func(x string) { i.HasEnd = days(x) },
	})
	n.g.Add(i)
}

// promised is a firm process that uses a machine, or takes somebody's hours.
func (n *network) promised(w words) {
	n.firm++
	p := &vf.Process{ID: vf.ID(fmt.Sprintf("firm%d", n.firm)), Name: "firm", HasBeginning: days(w.after("from")), HasEnd: days(w.after("until"))}
	c := &vf.Commitment{ID: p.ID + "/input", InputOf: p.ID, Receiver: "b", HasBeginning: p.HasBeginning, HasEnd: p.HasEnd}
	if w[0] == "busy" {
		c.Action, c.ResourceInventoriedAs, c.Provider = vf.Use, vf.ID(w[1]), "b"
		for _, r := range n.g.EconomicResources {
			if r.ID == c.ResourceInventoriedAs {
				c.ResourceConformsTo = r.ConformsTo
			}
		}
	} else {
		c.Action, c.Provider, c.ResourceConformsTo, c.EffortQuantity = vf.Work, vf.ID(w[1]), n.spec(w[2]), hours(w[3])
	}
	n.g.Add(p, c)
}

func (n *network) recipe(w words) {
	r := &vf.RecipeProcess{ID: vf.ID(w[1]), Name: w[1], HasDuration: duration("0"), ProcessConformsTo: vf.ID(w.after("stage")),
		PerformedBy: vf.ID(w.after("by")), Place: vf.ID(w.after("at")), Preference: number(w.after("preference")), WorkTime: w.workTime()}
	w.set(map[string]func(string){
		"days":     func(x string) { r.HasDuration = duration(x) },
		"hours":    func(x string) { r.HasDuration = hours(x) },
		"each":     func(x string) { r.DurationPerUnit = duration(x) },
		"setup":    func(x string) { r.SetUp = duration(x) },
		"least":    func(x string) { r.LeastBatch = pieces(x) },
		"multiple": func(x string) { r.BatchMultiple = pieces(x) },
		"most":     func(x string) { r.LargestBatch = pieces(x) },
		"from":     func(x string) { r.ValidFrom = days(x) },
		"until":    func(x string) { r.ValidUntil = days(x) },
		"yield":    func(x string) { r.Yield = decimal(x) },
	})
	n.g.Add(r)
	count := 0
	for i := 2; i < len(w); i++ {
		switch w[i] {
		case "makes", "takes", "carries", "uses", "works":
			i = n.flows(r, w, i, &count)
		case "closed":
			i += 2
		default:
			i++
		}
	}
}

// flows reads what stands behind "makes", "takes" and so on: things with their
// quantities, joined by commas or "and". It returns where the last one ends.
func (n *network) flows(r *vf.RecipeProcess, w words, i int, count *int) int {
	side := w[i]
	for {
		what, q := w[i+1], w[i+2]
		i += 2
		batch := strings.HasPrefix(w.at(i, 1), "batch")
		if batch {
			i++
		}
		*count++
		n.flow(r, side, *count, what, strings.TrimSuffix(q, ","), batch)
		if w.at(i, 1) == "and" {
			i++
		} else if !strings.HasSuffix(w[i], ",") {
			return i
		}
	}
}

// flow adds a flow; "A@S" is A at stage S.
func (n *network) flow(r *vf.RecipeProcess, side string, count int, what, q string, batch bool) {
	name, stage, _ := strings.Cut(what, "@")
	f := &vf.RecipeFlow{ID: vf.ID(fmt.Sprintf("%s/%02d", r.ID, count)), ResourceConformsTo: n.spec(name), Stage: vf.ID(stage), PerBatch: batch}
	if effort, is := strings.CutSuffix(q, "h"); is || side == "works" {
		f.EffortQuantity = hours(effort)
	} else {
		f.ResourceQuantity = pieces(q)
	}
	switch side {
	case "makes":
		f.Action, f.RecipeOutputOf = vf.Produce, r.ID
	case "takes":
		f.Action, f.RecipeInputOf = vf.Consume, r.ID
	case "uses":
		f.Action, f.RecipeInputOf = vf.Use, r.ID
	case "works":
		f.Action, f.RecipeInputOf = vf.Work, r.ID
	case "carries":
		out := *f
		out.ID, out.Action, out.RecipeOutputOf, out.Stage = f.ID+"out", vf.Dropoff, r.ID, ""
		f.Action, f.RecipeInputOf = vf.Pickup, r.ID
		n.g.Add(&out)
	}
	n.g.Add(f)
}
