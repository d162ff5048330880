package linked

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"

	"commonweal/format"
	"commonweal/plan"
	"commonweal/vf"
)

// overviewPage is what the first page of a network shows.
type overviewPage struct {
	Network, ID    string
	Guest, Nothing bool
	Known          bool // a guest who is signed in
	Classes        []classCount
	Plan           *planShort
	Files          []link
}

// classCount is how many records of a class there are for this asker.
type classCount struct {
	Name  string `json:"class"`
	Words string `json:"-"`
	At    string `json:"list"`
	Count int    `json:"count"`
	Over  bool   `json:"orMore,omitempty"` // there are more; counting stopped
}

// planShort is the plan in short.
type planShort struct {
	OnTime, Late, Short int
	Unplanned           int       // needs that cannot be planned
	Problems            []needRow // needs that are late, short or cannot be planned, some of them
	More                int
	Next                []nextRow
	NextOf              int // how many there are
	Entry               int64
}

type needRow struct {
	link
	State, Due, Gets string
	Why              string // why it cannot be planned
}

type nextRow struct {
	link
	Who         link
	From, Until string
	Firm        bool
}

// overview answers what is in the network, and how it stands.
func (q *request) overview() {
	f, ok := q.choose(pageForms)
	if !ok {
		return
	}
	p := overviewPage{Network: q.n.Name, ID: q.n.Network(), Guest: q.me.Agent == "", Known: q.me.Known}
	for _, c := range vf.Classes() {
		if count, over := q.count(c); count > 0 {
			p.Classes = append(p.Classes, classCount{string(c), upper(several(c)), "/" + q.n.Name + "/" + plurals[c], count, over})
		}
	}
	p.Nothing = len(p.Classes) == 0
	for _, file := range []link{{"all as JSON-LD", "network.jsonld"}, {"all as YAML", "network.yaml"}, {"events for hledger", "books.journal"}} {
		p.Files = append(p.Files, link{file.Name, "/" + q.n.Name + "/" + file.At})
	}
	for _, list := range format.Lists {
		p.Files = append(p.Files, link{list + " as a spreadsheet", "/" + q.n.Name + "/" + list + ".csv"})
	}
	if q.me.Agent != "" {
		p.Files = append(p.Files, link{"my work as a calendar", "/" + q.n.Name + "/work.ics"})
	}
	if f.name != asHTML.name {
		body, err := json.MarshalIndent(map[string]any{"network": p.ID, "classes": p.Classes, "entries": q.books().Size()}, "", " ")
		if err != nil {
			q.fail(err)
		}
		q.entity(f, q.tag("", body), append(body, '\n'))
		return
	}
	if !p.Nothing {
		p.Plan = q.planShort()
	}
	q.show(http.StatusOK, q.n.Name, "overview", p)
}

// count is how many records of a class the asker may see; of many where not all
// are, it stops.
func (q *request) count(c vf.Class) (n int, over bool) {
	if q.me.Seat.SeesAll() {
		return q.books().Count(c), false
	}
	_, over = q.found(q.books().Class(c, "", false), mostLooked, func(vf.Record) { n++ })
	return n, over
}

// plans keeps what is worked out of the newest plan of each network, once for all
// who ask.
type plans struct {
	mu sync.Mutex
	of map[string]*planned
}

// planned is a plan, with its needs and what is next in it.
type planned struct {
	plan    *plan.Plan
	entry   int64
	needs   []plan.Need
	figures plan.Stats

	needAt   map[vf.ID]int            // where a need stands among the needs
	problems map[vf.ID][]plan.Problem // by what they are about

	listing sync.Once // the report, when first asked for; nothing of it where the plan is too large to list
	next    []plan.Process
	serves  map[vf.ID][]plan.Part // for which needs promises, open work and processes are done
}

// mostSteps is from how many processes on a plan is not listed here.
const mostSteps = 20_000

// steps are the processes of a plan by beginning, none where it is too large to list.
func (p *planned) steps() []plan.Process {
	p.list()
	return p.next
}

// servedBy are the needs for which a promise, open work or a process is done; of those
// of a plan that is too large to list none is said.
func (p *planned) servedBy(id vf.ID) []plan.Part {
	p.list()
	return p.serves[id]
}

// list makes the report of a plan, once.
func (p *planned) list() {
	p.listing.Do(func() {
		if p.figures.Processes > mostSteps {
			return
		}
		r := p.plan.Report()
		p.next = r.Processes
		slices.SortStableFunc(p.next, func(a, b plan.Process) int { return a.HasBeginning.Compare(b.HasBeginning.Time) })
		p.serving(r.Flows)
	})
}

// plan is the newest plan of the network, nil while there is none.
func (q *request) plan() *planned {
	p, entry, err := q.n.Plan()
	if err != nil || p == nil {
		return nil
	}
	q.plans.mu.Lock()
	defer q.plans.mu.Unlock()
	if x := q.plans.of[q.n.Name]; x != nil && x.plan == p {
		return x
	}
	x := &planned{plan: p, entry: entry, needs: p.Needs(), figures: p.Stats()}
	x.about(p.Problems())
	if q.plans.of == nil {
		q.plans.of = map[string]*planned{}
	}
	q.plans.of[q.n.Name] = x
	return x
}

// planShort is the plan in short, as far as the asker may see it.
func (q *request) planShort() *planShort {
	p := q.plan()
	if p == nil {
		return nil
	}
	s := &planShort{Entry: p.entry}
	all := q.me.Seat.SeesAll()
	if all {
		s.OnTime, s.Late, s.Short = p.figures.Needs-p.figures.Late-p.figures.Short, p.figures.Late, p.figures.Short
	}
	for i, n := range p.needs {
		if all && n.State == "onTime" || !all && i >= mostLooked {
			continue
		}
		r, err := q.me.Seat.Record(n.ID)
		if err != nil {
			q.fail(err)
		}
		if r == nil {
			continue
		}
		if !all {
			switch n.State {
			case "late":
				s.Late++
			case "short":
				s.Short++
			default:
				s.OnTime++
			}
		}
		if n.State != "onTime" && len(s.Problems) < fewRows {
			s.Problems = append(s.Problems, q.needRow(n))
		} else if n.State != "onTime" {
			s.More++
		}
	}
	q.addUnplanned(p, s, all)
	q.addNext(p, s, all)
	return s
}

// addNext adds what is next in the plan: ten steps, or with ?next all.
func (q *request) addNext(p *planned, s *planShort, all bool) {
	most := 10
	if q.r.URL.Query().Has("next") {
		most = mostLooked
	}
	for _, x := range p.steps() {
		if x.HasEnd.Before(q.o.Now().Time) || !all && (q.me.Agent == "" || x.PerformedBy != q.me.Agent) {
			continue
		}
		if s.NextOf++; s.NextOf <= most {
			s.Next = append(s.Next, q.nextRow(x))
		}
	}
}

// addUnplanned adds the needs that cannot be planned, as far as the asker may see them.
func (q *request) addUnplanned(p *planned, s *planShort, all bool) {
	looked := 0
	for _, x := range p.plan.Unplanned(func(id vf.ID) vf.Record {
		if looked++; !all && looked > mostLooked {
			return nil
		}
		r, err := q.me.Seat.Record(id)
		if err != nil {
			q.fail(err)
		}
		return r
	}) {
		s.Unplanned++
		if len(s.Problems) >= fewRows {
			s.More++
			continue
		}
		_, why, _ := strings.Cut(x.Text, ": ")
		s.Problems = append(s.Problems, needRow{link: q.titled(x.About), State: "cannot be planned", Why: plain(why)})
	}
}

func (q *request) needRow(n plan.Need) needRow {
	row := needRow{link: q.titled(n.ID), State: map[string]string{"late": "late", "short": "short"}[n.State], Due: day(n.Due)}
	gets := n.Delivered.HasNumericalValue
	for _, c := range n.Coverage {
		if sum, err := gets.Add(c.ResourceQuantity.HasNumericalValue); err == nil { // all in the unit of what is wanted
			gets = sum
		}
	}
	row.Gets = q.amount(n.Wanted)
	if n.State == "short" {
		row.Gets = gets.String() + " of " + row.Gets
	}
	switch k := len(n.Coverage); {
	case k == 1:
		row.Gets += " on " + day(n.Coverage[0].At)
	case k > 1:
		row.Gets += ", the last on " + day(n.Coverage[k-1].At)
	}
	return row
}

func (q *request) nextRow(x plan.Process) nextRow {
	row := nextRow{link: q.link(x.ID), From: day(x.HasBeginning), Until: day(x.HasEnd), Firm: x.Firm}
	if x.PerformedBy != "" {
		row.Who = q.link(x.PerformedBy)
	}
	if row.At != "" {
		return row
	}
	for _, about := range []vf.ID{x.Recipe, x.BasedOn} { // a proposed process is no record yet
		if about != "" {
			if l := q.link(about); l.At != "" {
				row.link = l
				break
			}
		}
	}
	if x.Name != "" && (q.me.Seat.SeesAll() || x.Recipe != "" && q.link(x.Recipe).At != "") { // whose name it is
		row.Name = x.Name
	}
	return row
}
