package plan

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"commonweal/vf"
)

// Problem is something that stands between the plan and the needs: data with
// reasons, not an error.
type Problem struct {
	Kind     string     `json:"kind"` // shortage, short, belowFloor, late, overCapacity, limitExceeded, brokenData, sourceUnknown
	About    vf.ID      `json:"about"`
	Stage    vf.ID      `json:"stage,omitzero"`
	Quantity vf.Measure `json:"quantity,omitzero"`
	When     vf.Time    `json:"when,omitzero"`
	Needs    []Part     `json:"needs,omitempty"`
	Causes   []Cause    `json:"causes,omitempty"`
	Text     string     `json:"text"`
}

// Part is a quantity that concerns a need.
type Part struct {
	Need             vf.ID      `json:"need"`
	ResourceQuantity vf.Measure `json:"resourceQuantity"`
}

// Cause is one reason why a need is late or short.
type Cause struct {
	Kind     string     `json:"kind"` // noSupply, beforeNow, notInForce, awaits, offerLater, capacity, frozen, givenUp, tooLarge, noLongerUseful
	About    vf.ID      `json:"about"`
	Stage    vf.ID      `json:"stage,omitzero"`
	Quantity vf.Measure `json:"quantity,omitzero"`
	When     vf.Time    `json:"when,omitzero"`
	Text     string     `json:"text"`
}

type causeKind uint8

const (
	causeNoSupply   causeKind = iota // nothing on hand, nothing offered, nobody makes it
	causeBeforeNow                   // it would have to begin before now
	causeNotInForce                  // the recipe is not in force then
	causeAwaits                      // it waits for something promised
	causeOfferLater                  // the offer can be had only later
	causeTaken                       // a machine, a place, somebody's hours or a limit is taken
	causeFrozen                      // nothing new may begin so soon
	causeNoTime                      // there is not work time enough until then
	causeGivenUp                     // no answer was found within the bounds of the search
	causeTooMany                     // it leads to more orders than are planned
	causeTooMuch                     // it leads to a quantity that does not fit exact numbers
)

var causeNames = [...]string{"noSupply", "beforeNow", "notInForce", "awaits", "offerLater", "capacity", "frozen", "capacity", "givenUp", "tooLarge", "tooLarge"}

// cause is a reason as found: who is a maker, a supply or an offer.
type cause struct {
	kind    causeKind
	buffer  int32
	who     int32
	qty, at int64
}

// reasons are the causes of a need: those that set the dates of what came late,
// and those of what could not be had at all.
type reasons struct {
	all   []cause
	short []cause
	last  []cause // of the attempt before
	at    map[causeThing]int32
}

func (a *asker) cause(c cause) {
	if a.quiet == 0 {
		a.causes = append(a.causes, c)
	}
}

// note adds the causes of an attempt to those that are known; of the same kind
// and thing the later attempt speaks.
func (r *reasons) note(found []cause) {
	known := causes{r.all, r.at}
	for _, c := range adding(found) {
		if i := known.find(c); i >= 0 {
			known.list[i] = c
		} else {
			known.add(c)
		}
	}
	r.all, r.at = known.list, known.at
}

// causes are causes of which no two are of the same kind and thing.
type causes struct {
	list []cause
	at   map[causeThing]int32 // places in the list, once it is long
}

// causeThing is what a cause is about.
type causeThing struct {
	kind        causeKind
	buffer, who int32
}

func (c cause) thing() causeThing { return causeThing{c.kind, c.buffer, c.who} }

// manyCauses is how long a list is that is searched by a map.
const manyCauses = 16

// find is the place of the cause of the same kind and thing, -1 if there is none.
func (l *causes) find(c cause) int {
	if l.at != nil {
		if i, ok := l.at[c.thing()]; ok {
			return int(i)
		}
		return -1
	}
	return slices.IndexFunc(l.list, func(x cause) bool { return x.thing() == c.thing() })
}

func (l *causes) add(c cause) {
	l.list = append(l.list, c)
	switch {
	case l.at != nil:
		l.at[c.thing()] = int32(len(l.list) - 1)
	case len(l.list) > manyCauses:
		l.at = make(map[causeThing]int32, 4*manyCauses)
		for i, x := range l.list {
			l.at[x.thing()] = int32(i)
		}
	}
}

// adding gathers the causes of one attempt: what is lacking of one buffer in
// several places adds up.
func adding(found []cause) []cause {
	var sum causes
	for _, c := range found {
		if i := sum.find(c); i < 0 {
			sum.add(c)
		} else if c.kind == causeNoSupply || c.kind == causeBeforeNow {
			sum.list[i].qty = plus(sum.list[i].qty, c.qty)
			sum.list[i].at = min(sum.list[i].at, c.at)
		}
	}
	return sum.list
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// day writes a time as a person would: a date, with the hour where it has one.
func day(at int64) string {
	t := time.Unix(at, 0).UTC()
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02 15:04 MST")
}

// measure turns steps of a buffer into a measure of its unit.
func (n *network) measure(b int32, q int64) vf.Measure {
	d, err := vf.OfSteps(q, n.step[b])
	if err != nil {
		return vf.Measure{HasUnit: n.unit[b]}
	}
	return vf.Measure{HasNumericalValue: d, HasUnit: n.unit[b]}
}

// amount writes steps of a buffer with the symbol of the unit.
func (n *network) amount(b int32, q int64) string {
	return n.measure(b, q).HasNumericalValue.String() + " " + n.symbol(n.unit[b])
}

func (n *network) symbol(unit vf.ID) string { return cmp.Or(n.symbols[unit], unit.Last()) }

// agentName is what a person calls an agent.
func (n *network) agentName(id vf.ID) string { return cmp.Or(n.names[id], string(id)) }

func (n *network) recipeName(m *maker) string {
	if m.recipe.Name != "" {
		return m.recipe.Name
	}
	return string(m.recipe.ID)
}

// sourceName is what a person calls a maker, or offer ^maker.
func (n *network) sourceName(maker int32) string {
	if maker < 0 {
		return string(n.offers[^maker].intent.ID)
	}
	return n.recipeName(&n.makers[maker])
}

// explain turns a cause into words.
func (n *network) explain(c cause) Cause {
	x := Cause{Kind: causeNames[c.kind], About: n.buffers[c.buffer].spec, Stage: n.buffers[c.buffer].stage, Quantity: n.measure(c.buffer, c.qty), When: vf.At(c.at)}
	amount, name := n.amount(c.buffer, c.qty), n.bufferName(c.buffer)
	switch c.kind {
	case causeNoSupply:
		x.Text = amount + " of " + name + " missing on " + day(c.at) + ": " + n.whyNoSupply(c.buffer)
	case causeBeforeNow:
		m := &n.makers[c.who]
		x.About, x.Stage = m.recipe.ID, ""
		x.Text = n.recipeName(m) + " for " + amount + " of " + name + " would have to begin on " + day(c.at) + ", before now (" + day(n.now) + ")"
	case causeNotInForce:
		m := &n.makers[c.who]
		x.About, x.Stage = m.recipe.ID, ""
		x.Text = n.recipeName(m) + " is not in force on " + day(c.at)
	case causeTaken:
		x.About, x.Stage = n.capacities[c.who].id, ""
		x.Text = n.capacityName(c.who) + " is taken until " + day(c.at)
		if text := n.noHours(n.capacities[c.who].worksBy()); text != "" {
			x.Text = text
		} else if c.at >= never {
			x.Text = n.capacityName(c.who) + " does not suffice for " + amount + " of " + name + " at once"
		}
	case causeFrozen:
		m := &n.makers[c.who]
		x.About, x.Stage = m.recipe.ID, ""
		x.Text = n.recipeName(m) + " would have to begin on " + day(c.at) + "; nothing new may begin before " + day(m.earliest) + " at " + n.agentName(m.recipe.PerformedBy)
	case causeNoTime:
		m := &n.makers[c.who]
		x.About, x.Stage = m.recipe.ID, ""
		x.Text = n.recipeName(m) + " for " + amount + " of " + name + " takes more work time than there is until " + day(c.at)
		if text := n.noHours(m.recipe.ID, m.recipe.Place, m.recipe.PerformedBy); text != "" {
			x.Text += ": " + text
		}
	case causeGivenUp:
		x.Text = "the search for " + amount + " of " + name + " was given up: its recipes and lots branch too much to be followed to the end"
	case causeTooMany, causeTooMuch:
		x.Quantity, x.Text = vf.Measure{}, n.tooLarge(c)
	case causeAwaits:
		x.About, x.Stage = n.supplies[c.who].id, ""
		x.Text = amount + " of " + name + " comes on " + day(c.at) + " (" + string(x.About) + ")"
	case causeOfferLater:
		i := n.offers[c.who].intent
		x.About, x.Stage = i.ID, ""
		x.Text = name + " from " + n.agentName(i.Provider) + " can be had from " + day(c.at)
	}
	return x
}

// whyNoSupply says what there is of a buffer, and what might have been meant.
func (n *network) whyNoSupply(b int32) string {
	var stock, firm, offered int64
	for i, to := n.suppliesOf(b); i < to; i++ {
		if n.supplies[i].firm {
			firm += n.supplies[i].qty
		} else {
			stock += n.supplies[i].qty
		}
	}
	for _, i := range n.offersOf.get(b) {
		offered += max(0, n.offers[i].left)
	}
	var has []string
	for _, p := range []struct {
		q    int64
		what string
	}{{stock, " on hand"}, {firm, " promised"}, {offered, " offered"}} {
		if p.q > 0 {
			has = append(has, n.amount(b, p.q)+p.what)
		}
	}
	if len(has) > 0 {
		return "there is no more than " + strings.Join(has, ", ") + ", and no recipe makes it"
	}
	text := "it has no stock, no offer and no recipe"
	if len(n.offersOf.get(b)) > 0 {
		text = "it has no stock and no recipe, and no offer of it can be had then"
	}
	if slices.ContainsFunc(n.makersOf[b], func(i int32) bool { return n.makers[i].usesOwnOutput }) {
		text = "its recipe takes some of it, and there is none to begin with"
	}
	for _, path := range n.cycles {
		if slices.Contains(path, b) {
			text = "its recipes go in a circle, and it has no stock and no offer"
		}
	}
	if other := n.otherStage(b); other != "" {
		text += " (there is some " + other + ")"
	}
	return text
}

// otherStage names a buffer of the same specification that has supply, for one
// that has none: often a stage, a state or a place was forgotten or misspelled.
func (n *network) otherStage(b int32) string {
	own := n.buffers[b]
	for _, i := range n.bySpec[own.spec] {
		k := n.buffers[i]
		has := n.hasSupply(i) || len(n.offersOf.get(i)) > 0 || len(n.makersOf[i]) > 0
		if i == b || k.only != "" || !has {
			continue
		}
		name := n.bufferName(i)
		switch {
		case k.stage != own.stage && k.stage == "":
			return name + " at no stage, which is another stage"
		case k.stage != own.stage:
			return name + ", which is another stage"
		case k.state != own.state:
			return name + " in the state “" + k.state + "”, and “" + own.state + "” is wanted"
		case k.place != own.place && own.place == "":
			return name + " at " + string(k.place) + ", and no place is named here"
		case k.place != own.place:
			return name + " at " + cmp.Or(string(k.place), "no place that is known") + ", and it is wanted at " + string(own.place)
		}
	}
	return ""
}

// needName is what a person calls a need: what, and for whom.
func (n *network) needName(d *need) string {
	if d.firm {
		return n.amount(d.buffer, d.wanted) + " of " + n.bufferName(d.buffer) + " for " + string(d.id) + ", which is firm"
	}
	return n.amount(d.buffer, d.wanted) + " of " + n.bufferName(d.buffer) + " for " + n.agentName(d.intent.Receiver)
}

// needState sums up what a need gets.
type needState struct {
	parts   []coverage // promised and planned, by date
	covered int64
	last    int64 // the date of the last part
	state   string
}

func (p *part) state(i int32) needState {
	d := p.net.needs.at(i)
	s := needState{parts: slices.Concat(d.promised, p.covered(i)), covered: d.done, last: always}
	slices.SortStableFunc(s.parts, func(x, y coverage) int { return cmp.Compare(x.at, y.at) })
	for _, c := range s.parts {
		s.covered += c.qty
		s.last = max(s.last, c.at)
	}
	switch {
	case s.covered < d.wanted:
		s.state = "short"
	case s.last > d.due:
		s.state = "late"
	default:
		s.state = "onTime"
	}
	return s
}

// onTime reports whether a need is plainly on time: it was not asked for, nothing
// is promised to it, and its date lies ahead.
func (p *part) onTime(i int32) bool {
	d := p.net.needs.at(i)
	_, asked := p.coverage[i]
	return !asked && len(d.promised) == 0 && d.due >= p.net.now && !d.expired
}

// findProblems lists what is late or short in the part, with causes, and what is
// missing of which thing, with the needs that it touches; and counts the needs.
func (p *part) findProblems() {
	n := p.net
	missing := map[int32][]Part{}
	amounts := map[int32]int64{}
	first := map[int32]int64{}
	p.problems = slices.Clone(p.overloads)
	for _, i := range p.needs {
		d := n.needs.at(i)
		if p.onTime(i) {
			p.stats.count("onTime", d)
			continue
		}
		s := p.state(i)
		p.stats.count(s.state, d)
		if s.state == "onTime" || s.state == "late" && d.rank == rankTarget {
			continue
		}
		r := p.reasons[i]
		p.problems = append(p.problems, p.needProblem(d, s, r))
		if s.state != "short" {
			continue
		}
		for _, c := range r.short {
			if c.kind == causeNoSupply {
				missing[c.buffer] = append(missing[c.buffer], Part{d.id, n.measure(d.buffer, d.wanted-s.covered)})
				amounts[c.buffer] = plus(amounts[c.buffer], c.qty)
				if at, said := first[c.buffer]; !said || c.at < at {
					first[c.buffer] = c.at
				}
			}
		}
	}
	for _, b := range slices.Sorted(maps.Keys(amounts)) {
		slices.SortStableFunc(missing[b], func(x, y Part) int { return compareIDs(x.Need, y.Need) })
		p.problems = append(p.problems, Problem{Kind: "shortage", About: n.buffers[b].spec, Stage: n.buffers[b].stage,
			Quantity: n.measure(b, amounts[b]), When: vf.At(first[b]), Needs: missing[b],
			Text: "Short of " + n.bufferName(b) + ": " + n.amount(b, amounts[b]) + " more needed by " + day(first[b]) + "; " + n.whyNoSupply(b) + ". It touches " + count(len(missing[b]), "need") + "."})
	}
}

func problemRank(kind string) int {
	return slices.Index([]string{"shortage", "short", "belowFloor", "late", "overCapacity", "limitExceeded", "brokenData", "sourceUnknown"}, kind)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return itoa(int64(n)) + " " + what + "s"
}

// promisedFor tells that a promise is for a date that is late.
func (n *network) promisedFor(c coverage, d *need) Cause {
	return Cause{Kind: "awaits", About: c.id, Quantity: n.measure(d.buffer, c.qty), When: vf.At(c.at),
		Text: n.amount(d.buffer, c.qty) + " are promised for " + day(c.at) + " (" + string(c.id) + ")"}
}

// mostCauses is how many causes are told of one need: those of the ways that are
// preferred, which were asked first.
const mostCauses = 20

// told are the causes that count for the state of a need: what is late was missing
// nowhere if it is awaited.
func told(s needState, r reasons) []cause {
	if s.state != "late" {
		return r.all
	}
	return slices.DeleteFunc(slices.Clone(r.all), func(c cause) bool {
		return c.kind == causeNoSupply && slices.ContainsFunc(r.all, func(x cause) bool {
			return x.buffer == c.buffer && (x.kind == causeAwaits || x.kind == causeOfferLater)
		})
	})
}

func (p *part) needProblem(d *need, s needState, r reasons) Problem {
	n := p.net
	x := Problem{Kind: s.state, About: d.id, When: vf.At(d.due), Needs: []Part{{d.id, n.measure(d.buffer, d.wanted)}}}
	causes := told(s, r)
	if s.state == "short" {
		x.Quantity = n.measure(d.buffer, d.wanted-s.covered)
		x.Needs[0].ResourceQuantity = x.Quantity
		x.Text = n.needName(d) + " by " + day(d.due) + ": short by " + n.amount(d.buffer, d.wanted-s.covered)
		if s.covered > 0 {
			x.Text += ", " + n.amount(d.buffer, s.covered) + " covered"
		}
	} else {
		late := int64(0)
		for _, c := range s.parts {
			if c.at > d.due {
				late += c.qty
			}
		}
		x.Quantity, x.When = n.measure(d.buffer, late), vf.At(s.last)
		x.Text = n.needName(d) + " by " + day(d.due) + ": late, "
		if late < d.wanted {
			x.Text += n.amount(d.buffer, late) + " of it only on "
		} else {
			x.Text += "only on "
		}
		x.Text += day(s.last)
		for _, c := range d.promised {
			if c.at > d.due {
				x.Causes = append(x.Causes, n.promisedFor(c, d))
			}
		}
		if d.due < n.now && len(causes) == 0 {
			x.Text += ", because its date had passed already"
		}
	}
	for _, c := range d.tooLate {
		x.Causes = append(x.Causes, n.promisedFor(c, d))
	}
	if d.expired {
		x.Causes = append(x.Causes, Cause{Kind: "noLongerUseful", About: d.id, When: vf.At(d.latest), Text: "it was of use only until " + day(d.latest)})
	}
	more := max(0, len(causes)-mostCauses)
	for _, c := range causes[:len(causes)-more] {
		x.Causes = append(x.Causes, n.explain(c))
	}
	if len(x.Causes) > 0 {
		var why []string
		for _, c := range x.Causes {
			why = append(why, c.Text)
		}
		if more > 0 {
			why = append(why, count(more, "further reason"))
		}
		x.Text += ", because " + strings.Join(why, "; ")
	}
	x.Text += "."
	if d.intent != nil && d.intent.Keep == "floor" {
		x.Kind, x.Text = "belowFloor", "Below the floor: "+x.Text
	}
	return x
}
