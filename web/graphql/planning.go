package graphql

import (
	"context"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"commonweal/plan"
	"commonweal/rule"
	"commonweal/vf"
	"commonweal/zone"
)

// planned is a plan of the books, for one time.
type planned struct {
	plan     *plan.Plan
	at       vf.Time
	sequence int64
}

// difference is what is different between two plans.
type difference struct {
	Added   int               `json:"added"`
	Removed int               `json:"removed"`
	Moved   int               `json:"moved"`
	Resized int               `json:"resized"`
	Facts   []string          `json:"facts"`
	Lines   []plan.Change     `json:"lines"`
	Needs   []plan.NeedChange `json:"needs"`
}

func differenceOf(d *plan.Diff) *difference {
	return &difference{d.Added, d.Removed, d.Moved, d.Resized, d.Facts(), d.Lines(), d.Needs()}
}

// branch is what would be if some facts were other than they are.
type branch struct {
	Current plan.Figures `json:"current"`
	Figures plan.Figures `json:"figures"`
	Diff    *difference  `json:"diff"`
}

// figures are the counts of a plan that need no clock and no memory to be told.
type figures struct {
	Orders       int `json:"orders"`
	Processes    int `json:"processes"`
	Purchases    int `json:"purchases"`
	Requirements int `json:"requirements"`
	Needs        int `json:"needs"`
	OnTime       int `json:"onTime"`
	Late         int `json:"late"`
	Short        int `json:"short"`
	Unplanned    int `json:"unplanned"`
}

// planNames are the types of what plans are told in.
var planNames = map[reflect.Type]string{
	reflect.TypeFor[plan.Process](): "PlannedProcess", reflect.TypeFor[plan.Flow](): "PlannedFlow", reflect.TypeFor[plan.Need](): "PlannedNeed",
	reflect.TypeFor[plan.Problem](): "Problem", reflect.TypeFor[plan.Part](): "NeedPart", reflect.TypeFor[plan.Cause](): "ProblemCause",
	reflect.TypeFor[plan.Source](): "PlannedSource", reflect.TypeFor[plan.Coverage](): "Coverage", reflect.TypeFor[plan.Why](): "Why",
	reflect.TypeFor[plan.Rest](): "WhyRest", reflect.TypeFor[plan.Tight](): "WhyTight", reflect.TypeFor[plan.Counterfactual](): "WhyWithout",
	reflect.TypeFor[plan.Serves](): "Serves", reflect.TypeFor[plan.Given](): "ServesGiven", reflect.TypeFor[plan.Served](): "ServesNeed",
	reflect.TypeFor[plan.Change](): "PlanChange", reflect.TypeFor[plan.When](): "PlanTime", reflect.TypeFor[plan.NeedChange](): "NeedChange",
	reflect.TypeFor[plan.Message](): "Message", reflect.TypeFor[plan.Figures](): "PlanFigures", reflect.TypeFor[plan.Tier](): "TierFigures",
	reflect.TypeFor[plan.Amount](): "PlanAmount", reflect.TypeFor[difference](): "PlanDiff", reflect.TypeFor[branch](): "WhatIf",
	reflect.TypeFor[figures](): "PlanStats",
}

// planning adds what is asked of the plan.
func (s *schema) planning(query *object) {
	query.field("planned", "Planned!", func(x *execution, _ any, args arguments) (any, error) {
		at, _ := args["at"].(vf.Time)
		return x.plan(at)
	}, argument{"at", "DateTime", ""}).cost = 200
	o := s.add(&object{kind: isObject, name: "Planned"})
	o.field("at", "DateTime!", func(_ *execution, p any, _ arguments) (any, error) { return p.(*planned).at, nil })
	o.field("sequence", "ID!", func(_ *execution, p any, _ arguments) (any, error) { return p.(*planned).sequence, nil })
	planList(s, o, "processes", func(r *plan.Report) []plan.Process { return r.Processes })
	planList(s, o, "flows", func(r *plan.Report) []plan.Flow { return r.Flows })
	planList(s, o, "needs", func(r *plan.Report) []plan.Need { return r.Needs })
	planList(s, o, "problems", func(r *plan.Report) []plan.Problem { return r.Problems })
	one := func(name string, t reflect.Type, cost int, f func(x *execution, p *planned, args arguments) (any, error), args ...argument) {
		typ := s.own(t, planNames)
		o.field(name, typ, func(x *execution, p any, args arguments) (any, error) { return f(x, p.(*planned), args) }, args...).cost = cost
	}
	one("stats", reflect.TypeFor[figures](), 0, func(x *execution, p *planned, _ arguments) (any, error) {
		t := p.plan.Stats()
		var failed error
		unplanned := p.plan.Unplanned(func(id vf.ID) vf.Record {
			r, err := x.books.Record(id)
			failed = errors.Join(failed, err)
			return r
		})
		return &figures{t.Orders, t.Processes, t.Purchases, t.Requirements, t.Needs, t.OnTime, t.Late, t.Short, len(unplanned)}, failed
	})
	one("figures", reflect.TypeFor[plan.Figures](), 100, func(_ *execution, p *planned, _ arguments) (any, error) {
		f := p.plan.Figures()
		return &f, nil
	})
	one("why", reflect.TypeFor[plan.Why](), 1000, func(x *execution, p *planned, args arguments) (any, error) {
		why, err := p.plan.Why(vf.ID(args["id"].(string)))
		return x.shown(why, err)
	}, argument{"id", "ID!", ""})
	one("serves", reflect.TypeFor[plan.Serves](), 500, func(x *execution, p *planned, args arguments) (any, error) {
		serves, err := p.plan.Serves(vf.ID(args["id"].(string)))
		return x.shown(serves, err)
	}, argument{"id", "ID!", ""})
	one("diff", reflect.TypeFor[difference](), 20_000, func(x *execution, p *planned, args arguments) (any, error) {
		return x.planDiff(p, args)
	}, argument{"since", "ID!", ""})
	one("whatIf", reflect.TypeFor[branch](), 5000, func(x *execution, p *planned, args arguments) (any, error) {
		return x.whatIf(p, args)
	}, argument{"set", "[RecordInput!]", ""}, argument{"without", "[ID!]", ""})
	s.messages(o)
}

// messages adds what somebody could do so that promises fit the needs.
func (s *schema) messages(o *object) {
	s.own(reflect.TypeFor[plan.Message](), planNames)
	f := o.field("messages", "[Message!]!", func(x *execution, p any, args arguments) (any, error) {
		days := args["within"].(int)
		if days < 0 || days > 3660 {
			return nil, badValue("within", strconv.Itoa(days), "a number of days from 0 to 3660")
		}
		list := p.(*planned).plan.Messages(int64(days) * 86400)
		return x.ownValue(reflect.ValueOf(list))
	}, argument{"within", "Int", "14"})
	f.cost, f.times = 200, usualPage
}

// planList adds one of the lists of a plan, as a connection. A place says what stands
// there and at which number, so that a reader goes on behind it in a newer plan.
func planList[T any](s *schema, o *object, name string, of func(*plan.Report) []T) {
	elem := s.own(reflect.TypeFor[T](), planNames)
	s.connection(elem)
	pages(o.field(name, elem+"Connection!", func(x *execution, p any, args arguments) (any, error) {
		list := of(x.h.report(p.(*planned).plan))
		var shown []int
		for i := range list {
			if x.shows(reflect.ValueOf(&list[i]).Elem()) {
				shown = append(shown, i)
			}
		}
		return counted(args, int64(len(shown)), standing(list, shown), func(i int64) any { return &list[shown[i]] })
	}), "").cost = 100
}

// standing calls the places of a list of a plan by their number and by what stands
// there, so that it is found in a newer plan.
func standing[T any](list []T, shown []int) places {
	name := func(i int64) string { return nameIn(&list[shown[i]]) }
	return places{func(i int64) string { return strconv.FormatInt(i, 10) + " " + name(i) }, func(place string) (int64, bool, bool) {
		text, what, ok := strings.Cut(place, " ")
		i, err := strconv.ParseInt(text, 10, 64)
		if !ok || err != nil || i < 0 {
			return 0, false, false
		}
		n := int64(len(shown))
		for away := range n + i { // of several the nearest
			for _, at := range []int64{i - away, i + away} {
				if at >= 0 && at < n && name(at) == what {
					return at, true, true
				}
			}
		}
		return i, false, true
	}}
}

// nameIn names what stands in a list of a plan.
func nameIn(of any) string {
	switch x := of.(type) {
	case *plan.Process:
		return string(x.ID)
	case *plan.Flow:
		return string(x.ID)
	case *plan.Need:
		return string(x.ID)
	case *plan.Problem:
		return x.Kind + " " + string(x.About) + " " + string(x.Stage) + " " + x.When.String()
	}
	panic("graphql: a plan has no list of these")
}

// shown returns a value of a plan, unless it names what the seat does not see. To who
// does not see all, what there is not is told as what is hidden: a refusal would name
// what there is.
func (x *execution) shown(v any, err error) (any, error) {
	if err != nil && !x.seesAll() {
		v, err = nil, nil
	}
	if err != nil || v == nil || !x.shows(reflect.ValueOf(v)) {
		return nil, err
	}
	return v, nil
}

// plan returns the plan of the books. The usual time is the beginning of this hour,
// so that the plan follows from act to act and is not made anew for each second.
func (x *execution) plan(at vf.Time) (*planned, error) {
	if x.h.planner == nil {
		return nil, rule.Refuse("noPlanHere")
	}
	if err := x.seat.May("plan"); err != nil {
		return nil, err
	}
	usual := vf.Time{Time: x.h.now().Truncate(time.Hour)}
	if at.IsZero() || at.Equal(usual.Time) {
		p, sequence, err := x.h.planner.PlanOf(x.ctx, x.books.Size()-1)
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, x.inTime()
		}
		return &planned{p, usual, sequence}, err
	}
	g, err := x.h.node.Graph()
	if err != nil {
		return nil, err
	}
	p, err := plan.New(g, plan.Settings{Now: at, Zone: zone.Load})
	return &planned{p, at, x.books.Size() - 1}, err
}

// planDiff holds a plan against that of the books as they were before an entry.
func (x *execution) planDiff(p *planned, args arguments) (any, error) {
	since, err := sizeOf(args["since"], x.books.Size()-1, 1)
	if err != nil {
		return nil, err
	}
	was, err := x.h.node.Before(x.ctx, since)
	if err != nil {
		return nil, err
	}
	old, err := plan.New(was, plan.Settings{Now: p.at, Zone: zone.Load})
	if err != nil {
		return nil, err
	}
	return differenceOf(p.plan.Diff(old)), nil
}

// whatIf plans with other facts: records said anew or new, whole, and records that
// would not be there.
func (x *execution) whatIf(p *planned, args arguments) (any, error) {
	var changes []plan.FactChange
	without, _ := args["without"].([]any)
	hidden := func(property string, id vf.ID) error {
		return rule.Refuse("unknownReference", "property", property, "id", string(id), "nearest", "a record that you can see")
	}
	for _, id := range without {
		id := vf.ID(id.(string))
		if r, err := x.refer(id); !x.seesAll() && (err != nil || r == nil) {
			return nil, hidden("without", id)
		}
		changes = append(changes, plan.FactChange{ID: id})
	}
	set, _ := args["set"].([]any)
	for i, s := range set {
		r, err := x.recordOf(s, "what-if/"+strconv.Itoa(i), 0)
		if err != nil {
			return nil, err
		}
		if known, err := x.books.Record(r.Key()); !x.seesAll() && (err != nil || known != nil && !x.sees(known)) {
			return nil, hidden("set", r.Key())
		}
		changes = append(changes, plan.FactChange{After: r})
	}
	b, err := p.plan.NewBranch("", changes...)
	if err != nil && !x.seesAll() { // it may name what is hidden
		return nil, hidden("set or without", "what was said")
	}
	if err != nil {
		return nil, err
	}
	return &branch{p.plan.Figures(), b.Figures, differenceOf(b.Diff)}, nil
}

// reports keeps the report of the last plan that was asked for.
type reports struct {
	sync.Mutex
	of     *plan.Plan
	report *plan.Report
}

func (h *Handler) report(p *plan.Plan) *plan.Report {
	h.reports.Lock()
	defer h.reports.Unlock()
	if h.reports.of != p {
		h.reports.of, h.reports.report = p, p.Report()
	}
	return h.reports.report
}
