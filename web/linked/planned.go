package linked

import (
	"cmp"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"commonweal/plan"
	"commonweal/rule"
	"commonweal/vf"
)

// planSays is what the plan says of one record, as far as the asker may read it.
type planSays struct {
	Making  bool   // there is no plan yet, or none yet with what was said of the record last
	Refused string // why there is none
	State   string // of a need: how it is met, in words
	Warn    bool   // it is not met in time
	Parts   []string
	Causes  [][]shown // of a need that is late or short; of other records what stands in the way of it
	Rests   []restRow // what a need rests on
	More    int       // steps that it rests on besides
	Untried string    // why it is not said on what it rests
	Needs   []servedRow
	MoreFor int // needs besides
}

// restRow is one thing that a need rests on; deeper ones are what the one before rests on.
type restRow struct {
	Depth int // from 0; deeper than 4 is 4
	Text  []shown
}

// servedRow is the part of a promise or a process that is for one need.
type servedRow struct {
	link
	Much, State, Due string
}

// mostSaid is how many steps of the plan a page of a record shows.
const mostSaid = 60

// planSays asks the plan that there is about a record; nothing is planned for it. It is
// nil where there is nothing to say, or nothing that the asker may read: as in GraphQL
// who may see the record may not yet see what is planned about it.
func (q *request) planSays(r vf.Record) *planSays {
	if q.me.Seat.May("plan", r) != nil {
		return nil
	}
	what := kind(r)
	p := q.plan()
	if p == nil {
		return q.noPlan(what)
	}
	s := &planSays{Making: q.lastChange(r.Key()) > p.entry && (what == "need" || what == one("Commitment"))}
	if n := p.need(r.Key()); n != nil {
		q.sayNeed(s, p, *n)
		return s
	}
	if q.me.Seat.SeesAll() {
		for _, x := range p.problems[r.Key()] {
			s.Causes = append(s.Causes, q.told(x.Text))
		}
	}
	if i, ok := r.(*vf.Intent); ok && what == "need" && !i.Finished {
		q.sayUnplanned(s, p, r)
	}
	switch r.(type) {
	case *vf.Intent, *vf.Commitment, *vf.Process:
		q.sayServed(s, p, r)
	}
	if !s.Making && s.State == "" && len(s.Causes)+len(s.Needs) == 0 {
		return nil
	}
	return s
}

// noPlan says of a need why there is no plan that could tell of it.
func (q *request) noPlan(what string) *planSays {
	if what != "need" {
		return nil
	}
	_, _, err := q.n.Plan()
	var refusal *rule.Refusal
	if errors.As(err, &refusal) && q.me.Seat.SeesAll() {
		return &planSays{Refused: refusal.Sentence()}
	}
	if err != nil {
		return &planSays{Refused: "The network cannot be planned now."}
	}
	return &planSays{Making: true}
}

// need is what the plan says of a need, nil if it has none of that id.
func (p *planned) need(id vf.ID) *plan.Need {
	if i, ok := p.needAt[id]; ok {
		return &p.needs[i]
	}
	return nil
}

// sayNeed says how a need is met, why it is late or short, and what it rests on.
func (q *request) sayNeed(s *planSays, p *planned, n plan.Need) {
	s.State, s.Warn = q.howMet(n), n.State != "onTime"
	if len(n.Coverage) > 1 {
		for _, c := range n.Coverage {
			s.Parts = append(s.Parts, q.amount(c.ResourceQuantity)+" on "+day(c.At))
		}
		s.Parts = s.Parts[:min(len(s.Parts), fewRows)]
	}
	why, err := p.plan.Basis(n.ID)
	if err != nil {
		q.fail(err) // the plan has it
	}
	all := q.me.Seat.SeesAll()
	if why.Problem != nil && all {
		for _, c := range why.Problem.Causes {
			s.Causes = append(s.Causes, q.told(c.Text))
		}
	}
	s.Untried = why.Untried
	for _, x := range why.Rests {
		row := restRow{Depth: min(x.Depth, 4), Text: q.told(x.Text)}
		if !all {
			if row.Text = q.seen(x); row.Text == nil {
				continue
			}
		}
		if len(s.Rests) == mostSaid {
			s.More++
			continue
		}
		s.Rests = append(s.Rests, row)
	}
}

// seen says what a need rests on to who does not see all: its texts may name what is
// hidden, so it is said by the one record that it is, if the asker sees that.
func (q *request) seen(x plan.Rest) []shown {
	id := cmp.Or(x.Resource, x.Flow)
	l := q.link(id)
	if id == "" || l.At == "" {
		return nil
	}
	much := q.amount(x.ResourceQuantity)
	if x.Resource == "" && !x.HasEnd.IsZero() {
		much += ", " + day(x.HasEnd)
	}
	return []shown{{Text: much + ": "}, {Link: &l}}
}

// howMet says in words what a need gets and when.
func (q *request) howMet(n plan.Need) string {
	row := q.needRow(n)
	last := vf.Time{}
	if len(n.Coverage) > 0 {
		last = n.Coverage[len(n.Coverage)-1].At
	}
	due := "; it is due " + row.Due + "."
	switch {
	case n.State == "late":
		return "Late by " + span(n.Due, last) + ": " + row.Gets + due
	case n.State == "short":
		return "Short: gets " + row.Gets + due
	case last.IsZero():
		return "Met: " + row.Gets + due
	}
	return "On time: " + row.Gets + due
}

// span is how much later something is, in words.
func span(from, until vf.Time) string {
	d := until.Sub(from.Time)
	count := func(n int64, one string) string {
		if n == 1 {
			return "1 " + one
		}
		return strconv.FormatInt(n, 10) + " " + one + "s"
	}
	switch hours := int64(d / time.Hour); {
	case hours >= 48:
		return count(hours/24, "day")
	case hours > 0:
		return count(hours, "hour")
	}
	return count(max(1, int64(d/time.Minute)), "minute")
}

// sayUnplanned says why a need is not in the plan, if the plan says so.
func (q *request) sayUnplanned(s *planSays, p *planned, r vf.Record) {
	for _, x := range p.plan.Unplanned(func(id vf.ID) vf.Record {
		if id == r.Key() {
			return r
		}
		return nil
	}) {
		_, why, _ := strings.Cut(x.Text, ": ")
		s.State, s.Warn, s.Causes = "It cannot be planned: "+plain(why), true, nil
	}
}

// sayServed says for which needs a promise, open work or a process is done.
func (q *request) sayServed(s *planSays, p *planned, r vf.Record) {
	for _, x := range p.servedBy(r.Key()) {
		n := p.need(x.Need)
		l := q.titled(x.Need)
		if n == nil || l.At == "" {
			continue
		}
		if len(s.Needs) == fewRows {
			s.MoreFor++
			continue
		}
		s.Needs = append(s.Needs, servedRow{l, q.amount(x.ResourceQuantity), map[string]string{"late": "late", "short": "short"}[n.State], day(n.Due)})
	}
}

// about puts what the plan says into order by what it says it of.
func (p *planned) about(problems []plan.Problem) {
	p.needAt, p.problems = map[vf.ID]int{}, map[vf.ID][]plan.Problem{}
	for i, n := range p.needs {
		p.needAt[n.ID] = i
	}
	for _, x := range problems {
		if len(p.problems[x.About]) < fewRows {
			p.problems[x.About] = append(p.problems[x.About], x)
		}
	}
}

// serving notes for which needs firm flows are, and processes by what comes out of them.
func (p *planned) serving(flows []plan.Flow) {
	p.serves = map[vf.ID][]plan.Part{}
	for _, f := range flows {
		if !f.Firm || len(f.Pegs) == 0 {
			continue
		}
		p.serves[f.ID] = f.Pegs
		if f.OutputOf != "" {
			p.serves[f.OutputOf] = append(p.serves[f.OutputOf], f.Pegs...)
		}
	}
}

// named finds what stands in brackets in a text of the plan, where ids stand.
var named = regexp.MustCompile(` ?\(([^()\s]+)\)`)

// told makes of a text of the plan what a page shows: each id in it that is a record
// which the asker sees is a link to it.
func (q *request) told(text string) []shown {
	var list []shown
	from := 0
	for _, m := range named.FindAllStringSubmatchIndex(text, -1) {
		l := q.link(vf.ID(text[m[2]:m[3]]))
		if l.At == "" {
			continue
		}
		list = append(list, shown{Text: text[from:m[0]] + " "}, shown{Link: &l})
		from = m[1]
	}
	if from < len(text) {
		list = append(list, shown{Text: text[from:]})
	}
	return list
}
