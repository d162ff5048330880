package plan

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"commonweal/rule"
	"commonweal/vf"
)

// mostStretches bounds the calendars of a whole network.
const mostStretches = 4_000_000

// workTimes are the calendars of agents, places, machines and recipes, by their
// ids. Those that say the same share one calendar; those that say nothing have none,
// and so are always open.
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

// readWorkTimes works out all calendars on [from, until). A refusal names the
// record, the first by its id.
func readWorkTimes(g *vf.Graph, zone func(string) (*time.Location, error), from, until int64) (workTimes, error) {
	times, same, stretches := workTimes{}, map[string]*calendar{}, 0
	x := &expansion{zone: remembered(zone), from: from, until: until}
	for _, t := range timedRecords(g) {
		text := strings.Join(t.lines, "\n")
		c, known := same[text]
		if !known {
			var err error
			if c, err = x.calendar(t.lines); err != nil {
				return nil, placed(err, string(t.id)+" workTime")
			}
			same[text] = c
		}
		if c == nil {
			continue
		}
		if !known {
			stretches += len(c.begins)
		}
		if stretches > mostStretches {
			line, _, _ := strings.Cut(text, "\n")
			return nil, placed(rule.Refuse("absurdCalendar", "line", line, "reason", "with it the network has more than "+strconv.Itoa(mostStretches)+" stretches of work time"),
				string(t.id)+" workTime")
		}
		times[t.id] = c
	}
	return times, nil
}

// placed says where a refusal arose.
func placed(err error, place string) error {
	if e := new(vf.Error); errors.As(err, &e) {
		return rule.Refuse(rule.Name(e.Kind), e.Values...).At(place)
	}
	if r := new(rule.Refusal); errors.As(err, &r) {
		return r.At(place)
	}
	return err
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
