package graphql

import (
	"slices"
	"sync"

	"commonweal/host"
	"commonweal/rule"
)

// steps are the last steps of the plan, for all who follow it. None are kept while
// nobody does.
type steps struct {
	sync.Mutex
	followers int
	list      []planStep
	upTo      int64 // the entry that is in the last plan
}

// planStep is what a run of acts changed in the plan.
type planStep struct {
	from, to int64
	diff     *difference
}

// planChanges is what acts changed in the plan.
type planChanges struct {
	from, to int64
	whole    bool
	diffs    []planStep
}

// mostSteps is how many steps of the plan are kept at most, and told at once.
const mostSteps = 256

// hear takes a step of the plan.
func (s *steps) hear(p host.Planned) {
	s.Lock()
	defer s.Unlock()
	if s.followers > 0 {
		step := planStep{s.upTo, p.Sequence, &difference{}}
		if p.Diff != nil {
			step.diff = differenceOf(p.Diff)
		}
		s.list = append(s.list, step)
		if len(s.list) > mostSteps {
			s.list = slices.Clone(s.list[len(s.list)-mostSteps/2:])
		}
	}
	s.upTo = p.Sequence
}

// planned is the entry that is in the last plan.
func (s *steps) planned() int64 {
	s.Lock()
	defer s.Unlock()
	return s.upTo
}

// enter counts somebody in who follows the plan from an entry on.
func (s *steps) enter(upTo int64) {
	s.Lock()
	defer s.Unlock()
	if s.followers == 0 {
		s.list, s.upTo = nil, upTo
	}
	s.followers++
}

func (s *steps) leave() {
	s.Lock()
	defer s.Unlock()
	if s.followers--; s.followers == 0 {
		s.list = nil
	}
}

// after returns the steps after an entry, and whether they are all there are.
func (s *steps) after(sequence int64) (list []planStep, upTo int64, whole bool) {
	s.Lock()
	defer s.Unlock()
	i := slices.IndexFunc(s.list, func(step planStep) bool { return step.to > sequence })
	if i < 0 {
		return nil, s.upTo, s.upTo <= sequence
	}
	return slices.Clone(s.list[i:]), s.upTo, s.list[i].from <= sequence
}

// followPlan follows the plan.
func followPlan(x *execution, _ arguments) (feed, func(), error) {
	if x.h.planner == nil {
		return nil, nil, rule.Refuse("noPlanHere")
	}
	if err := x.seat.May("plan"); err != nil {
		return nil, nil, err
	}
	_, upTo, err := x.h.planner.PlanOf(x.ctx, 0)
	if err != nil {
		return nil, nil, err
	}
	x.h.steps.enter(upTo)
	return func(x *execution, after int64) (any, int64, bool, error) {
		list, upTo, whole := x.h.steps.after(after)
		if upTo <= after {
			return nil, after, false, nil
		}
		c := &planChanges{from: after, to: upTo, whole: whole}
		for _, s := range list {
			if d := s.diff; d.Added+d.Removed+d.Moved+d.Resized+len(d.Needs) > 0 {
				c.diffs = append(c.diffs, s)
			}
		}
		return c, upTo, !whole || len(c.diffs) > 0, nil
	}, x.h.steps.leave, nil
}
