package plan_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"commonweal/vf"
)

// job is what one need asks of the machine, in hours.
type job struct {
	id             string
	tier, due, dur int
	begin, end     int
}

// queue places jobs on one machine hour by hour, as slowly as can be: each, the most
// essential first, the latest time until it is due, else the earliest from now on.
type queue struct {
	open   func(hour int) bool
	taken  []job
	slots  int
	latest int // hours that are looked at
}

// back is when a job begins that ends at an hour: so many open hours before.
func (q *queue) back(end, dur int) (begin int, ok bool) {
	if !q.open(end - 1) {
		return 0, false
	}
	for begin = end; dur > 0 && begin > 0; begin-- {
		if q.open(begin - 1) {
			dur--
		}
	}
	return begin, dur == 0
}

func (q *queue) free(begin, end int) bool {
	for h := begin; h < end; h++ {
		there := 0
		for _, o := range q.taken {
			if o.begin <= h && h < o.end {
				there++
			}
		}
		if there >= q.slots {
			return false
		}
	}
	return true
}

func (q *queue) place(j *job) bool {
	for end := j.due; end > 0; end-- {
		if q.fits(j, end) {
			return true
		}
	}
	for end := j.due + 1; end < q.latest; end++ {
		if q.fits(j, end) {
			return true
		}
	}
	return false
}

func (q *queue) fits(j *job, end int) bool {
	begin, ok := q.back(end, j.dur)
	if !ok || !q.free(begin, end) {
		return false
	}
	j.begin, j.end = begin, end
	q.taken = append(q.taken, *j)
	return true
}

// Jobs for one machine, with work time and firm work on it, are where a slow model
// of the same rule puts them, to the hour.
func TestOneMachineAsASlowModelSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := &drawing{t: t}
		d.line("now 0")
		slots := d.n("slots", 1, 2)
		d.line("machine press1 of press parallel %d%s", slots, d.open())
		q := &queue{slots: slots, latest: 24 * 300}
		for range d.n("firm", 0, 2) {
			from := d.n("from", 0, 200)
			until := from + d.n("for", 1, 30)
			d.line("busy press1 from %dT%02d:00 until %dT%02d:00", from/24, from%24, until/24, until%24)
			q.taken = append(q.taken, job{begin: from, end: until})
		}
		var jobs []job
		for i := range d.n("jobs", 1, 8) {
			j := job{id: fmt.Sprintf("n%d", i), tier: d.n("tier", 0, 2), due: d.n("due", 0, 300), dur: d.n("hours", 1, 40)}
			d.line("recipe r%d hours %d makes T%d 1 uses press 1", i, j.dur, i)
			d.line("need %s T%d 1 on %dT%02d:00 tier %d", j.id, i, j.due/24, j.due%24, j.tier)
			jobs = append(jobs, j)
		}
		n := readCase(d.b.String())
		c := &checker{}
		works := workTimes{c.shiftsOf(n.g.EconomicResources[0].WorkTime)}
		hours := map[int]bool{}
		for h := range q.latest {
			hours[h] = works.open(epoch + int64(h)*3600)
		}
		q.open = func(h int) bool { return hours[h] }
		slices.SortFunc(jobs, func(x, y job) int {
			return cmp.Or(cmp.Compare(x.tier, y.tier), cmp.Compare(x.due, y.due), cmp.Compare(x.id, y.id))
		})
		r := mustPlan(t, n).Report()
		for i := range jobs {
			j := &jobs[i]
			if !q.place(j) {
				t.Fatalf("the model finds no place for %s", j.id)
			}
			for _, p := range r.Processes {
				if p.Recipe == vf.ID("r"+j.id[1:]) && (p.HasBeginning.Unix() != epoch+int64(j.begin)*3600 || p.HasEnd.Unix() != epoch+int64(j.end)*3600) {
					t.Fatalf("%s is done %s..%s, the model says %dT%02d:00..%dT%02d:00\n%s\n%s", j.id, date(p.HasBeginning), date(p.HasEnd), j.begin/24, j.begin%24, j.end/24, j.end%24, d.b.String(), show(r))
				}
			}
		}
		if planned := len(r.Processes) - len(n.g.Processes); planned != len(jobs) {
			t.Fatalf("%d processes for %d jobs\n%s", planned, len(jobs), show(r))
		}
	})
}
