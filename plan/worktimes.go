package plan

import (
	"slices"
	"strings"
	"time"

	"commonweal/vf"
)

// What the work times of a network may give together, and be followed through, is
// shared out among them, each its part and at least so much: so what one of them
// says takes nothing from the others.
const (
	mostStretches    = 4_000_000
	mostNetworkSteps = 200_000_000
	leastSaid        = 20_000
	leastSteps       = 100_000
)

// leastReach is for how long work time is worked out at least, in seconds from when
// it begins to matter.
const leastReach = 5 * aYear

// workTimes are the calendars of agents, places, machines and recipes, by their
// ids. Those that say the same share one calendar; those that say nothing have none,
// and so are always open; those that cannot be worked out are never open.
type workTimes map[vf.ID]*calendar

// timed is a record with its work time.
type timed struct {
	id    vf.ID
	lines []string
}

// timedRecords lists the records that say when work goes on, by id.
func timedRecords(g *vf.Graph) []timed {
	var list []timed
	for _, r := range g.Agents {
		list = append(list, timed{r.ID, r.WorkTime})
	}
	for _, r := range g.SpatialThings {
		list = append(list, timed{r.ID, r.WorkTime})
	}
	for _, r := range g.EconomicResources {
		list = append(list, timed{r.ID, r.WorkTime})
	}
	for _, r := range g.RecipeProcesses {
		list = append(list, timed{r.ID, r.WorkTime})
	}
	list = slices.DeleteFunc(list, func(t timed) bool { return len(t.lines) == 0 })
	slices.SortFunc(list, func(a, b timed) int { return strings.Compare(string(a.id), string(b.id)) })
	return list
}

// readWorkTimes works out all calendars on [from, until). What cannot be worked out is
// told of each record that says it, by id: nobody can count on hours there.
func readWorkTimes(g *vf.Graph, zone func(string) (*time.Location, error), from, until int64) (workTimes, []Problem) {
	type result struct {
		c   *calendar
		err error
	}
	list := timedRecords(g)
	said := map[string]result{}
	for _, t := range list {
		said[t.text()] = result{}
	}
	x := &expansion{zone: remembered(zone), from: from,
		mostSaid:  min(mostSpans, max(leastSaid, mostStretches/max(1, len(said)))),
		mostSteps: min(mostRuleSteps, max(leastSteps, mostNetworkSteps/int64(max(1, len(said)))))}
	times, done := workTimes{}, map[string]bool{}
	var broken []Problem
	for _, t := range list {
		text := t.text()
		if !done[text] {
			done[text] = true
			c, err := x.reaching(t.lines, until)
			said[text] = result{c, err}
		}
		switch r := said[text]; {
		case r.err != nil:
			times[t.id] = newCalendar(nil, from, until)
			broken = append(broken, brokenTime(t.id, r.err))
		case r.c != nil:
			times[t.id] = r.c
		}
	}
	return times, broken
}

// reaching works out one property until a time. Where that gives too much, as of what
// is said hour by hour where a need is due in many years, it is known for less long.
func (x *expansion) reaching(lines []string, until int64) (c *calendar, err error) {
	least := min(until, x.from+leastReach)
	for x.until = until; ; x.until = max(least, x.from+(x.until-x.from)/2) {
		if c, err = x.calendar(lines); err == nil || x.until == least {
			return c, err
		}
	}
}

// brokenTime is the problem of a record whose work time cannot be worked out.
func brokenTime(about vf.ID, err error) Problem {
	return Problem{Kind: "brokenData", About: about, Text: "No hours of " + string(about) + " are counted on: " + reason(err)}
}

// noHours says whose work time cannot be worked out, of these; "" where that is so of none.
func (n *network) noHours(ids ...vf.ID) string {
	var who []string
	for _, id := range ids {
		if _, there := slices.BinarySearch(n.hourless, id); there {
			who = append(who, "no hours of "+n.agentName(id)+" can be counted on, since the work time cannot be worked out")
		}
	}
	return strings.Join(who, "; ")
}

// text is what the record says, whole.
func (t *timed) text() string { return strings.Join(t.lines, "\n") }

// CheckWorkTime refuses work time that no plan could follow, whenever it were made:
// lines that cannot be read, zones that are not known, and rules that ask for too
// much, counted through the first years of each block, or for what never is. The
// error is a refusal: badWorkTime, unknownZone or absurdCalendar.
func CheckWorkTime(lines []string, zone func(string) (*time.Location, error)) error {
	blocks, err := vf.ParseWorkTime(lines)
	if err != nil {
		return refusal(err)
	}
	if len(blocks) > mostBlocks {
		return tooManyBlocks(blocks)
	}
	x := &expansion{zone: remembered(zone), mostSaid: mostSpans, mostSteps: mostRuleSteps}
	for i := range blocks {
		x.from = blocks[i].Begin.Clock
		x.until = x.from + leastReach
		if _, err := x.block(&blocks[i]); err != nil {
			return refusal(err)
		}
	}
	return nil
}

// remembered finds each zone once.
func remembered(zone func(string) (*time.Location, error)) func(string) (*time.Location, error) {
	if zone == nil {
		return nil
	}
	found := map[string]*time.Location{}
	return func(name string) (*time.Location, error) {
		if loc := found[name]; loc != nil {
			return loc, nil
		}
		loc, err := zone(name)
		if err == nil {
			found[name] = loc
		}
		return loc, err
	}
}
