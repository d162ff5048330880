package plan

import (
	"strings"

	"commonweal/rule"
	"commonweal/vf"
)

// Why explains what a need gets: its state, the problem if there is one, and
// what it rests on, step by step backwards from the delivery.
type Why struct {
	Need    Need     `json:"need"`
	Problem *Problem `json:"problem,omitempty"`
	Rests   []Rest   `json:"rests"`

	// Critical is what sets the date of the last delivery, back from it.
	Critical []Tight `json:"critical"`

	// Without is what the need would get without each cause of its problem. Untried
	// says what was too much to plan again for that.
	Without []Counterfactual `json:"without"`
	Untried string           `json:"untried,omitempty"`
}

// Rest is one thing that a need rests on: a process, a taking, stock or a
// promise. Depth counts the steps back from the need, from 0.
type Rest struct {
	Depth            int        `json:"depth"`
	Flow             vf.ID      `json:"flow,omitzero"`
	Process          vf.ID      `json:"process,omitzero"`
	Resource         vf.ID      `json:"resource,omitzero"`
	ResourceQuantity vf.Measure `json:"resourceQuantity"` // the part that serves this need
	HasBeginning     vf.Time    `json:"hasBeginning,omitzero"`
	HasEnd           vf.Time    `json:"hasEnd,omitzero"`
	Text             string     `json:"text"`
}

// Why explains one need. An unknown id is refused as needNotPlanned.
func (p *Plan) Why(id vf.ID) (*Why, error) {
	i, err := p.asked(id)
	if err != nil {
		return nil, err
	}
	own := p.partOfNeed(i)
	x, t := p.basis(own, i)
	x.Critical = append(x.Critical, t.critical()...)
	if x.Problem != nil {
		x.Without, x.Untried = p.without(own, i)
	}
	return x, nil
}

// Basis explains one need as Why does, but for what sets its date and for what it would
// get otherwise: nothing is planned again for it, so it can be told to many. In a part
// of the plan that is too large to be looked through for that, it rests on nothing, and
// Untried says so. An unknown id is refused as needNotPlanned.
func (p *Plan) Basis(id vf.ID) (*Why, error) {
	i, err := p.asked(id)
	if err != nil {
		return nil, err
	}
	own := p.partOfNeed(i)
	if own.orders.n > mostPart {
		return &Why{Need: own.need(i), Problem: own.problemOf(id), Rests: []Rest{}, Critical: []Tight{}, Without: []Counterfactual{},
			Untried: "What the need rests on is not said here: it hangs together with " + count(int(own.orders.n), "step") + "."}, nil
	}
	x, _ := p.basis(own, i)
	return x, nil
}

// asked is the number of the need of an id.
func (p *Plan) asked(id vf.ID) (int32, error) {
	i := p.net.needCalled(id, func(d *need) bool { return !d.firm })
	if i < 0 {
		return i, rule.Refuse("needNotPlanned", "need", string(id), "known", p.someNeeds())
	}
	return i, nil
}

// problemOf is the problem of a need, nil if there is none.
func (p *part) problemOf(id vf.ID) (found *Problem) {
	for k := range p.problems {
		if p.problems[k].About == id {
			found = &p.problems[k]
		}
	}
	return found
}

// basis says what a need gets and what it rests on.
func (p *Plan) basis(own *part, i int32) (*Why, *tree) {
	w, d := newReporter(own, nil), p.net.needs.at(i)
	direct := own.linksOf(i)
	x := &Why{Need: w.need(i, direct), Problem: own.problemOf(d.id), Rests: []Rest{}, Critical: []Tight{}, Without: []Counterfactual{}}
	t := &tree{w: w, need: i, seen: map[int32]bool{}, roots: map[int32]int64{}}
	for _, c := range d.promised {
		x.Rests = append(x.Rests, Rest{Flow: c.id, ResourceQuantity: p.net.measure(d.buffer, c.qty), HasEnd: vf.At(c.at),
			Text: p.net.amount(d.buffer, c.qty) + " promised for " + day(c.at) + " (" + string(c.id) + ")"})
		x.Rests = append(x.Rests, t.behind(c.id)...)
	}
	for _, l := range together(direct) {
		t.walk(l, l.qty, 0)
	}
	x.Rests = append(x.Rests, t.rests...)
	return x, t
}

// needCalled is the number of the first need of an id that fits, -1 if there is none.
// Those that were there when the facts were read are sorted by id, but for those
// that are gone since; what came later lies behind them.
func (n *network) needCalled(id vf.ID, fits func(*need) bool) int32 {
	low, high := int32(0), n.counted
	for low < high {
		mid := (low + high) / 2
		at := mid
		for at < high && n.needs.at(at).gone {
			at++
		}
		if at < high && n.needs.at(at).id < id {
			low = at + 1
		} else {
			high = mid
		}
	}
	for i := low; int(i) < n.needs.len(); i++ {
		d := n.needs.at(i)
		switch {
		case d.gone:
		case d.id == id && fits(d):
			return i
		case d.id != id && i < n.counted:
			i = n.counted - 1
		}
	}
	return -1
}

func (p *Plan) someNeeds() string {
	var ids []string
	for _, d := range p.net.needs.all() {
		if !d.firm {
			ids = append(ids, string(d.id))
		}
		if len(ids) == 12 {
			break
		}
	}
	if len(ids) == 0 {
		return "there is none"
	}
	return strings.Join(ids, ", ")
}

// behind walks to what a promise rests on that has to be planned for.
func (t *tree) behind(promise vf.ID) []Rest {
	i := t.w.n.promise(promise)
	if i < 0 {
		return nil
	}
	u := tree{w: t.w, need: i, seen: t.seen}
	for _, l := range together(t.w.p.linksOf(i)) {
		u.walk(l, l.qty, 1)
	}
	return u.rests
}

// tree walks from a need down to what it rests on; each order is written once.
type tree struct {
	w     *reporter
	need  int32
	seen  map[int32]bool
	roots map[int32]int64 // of orders: when work begins behind them
	rests []Rest
}

// mostRests bounds an explanation: nobody reads more.
const mostRests = 10_000

func (t *tree) walk(l link, q int64, depth int) {
	if len(t.rests) >= mostRests || q == 0 {
		return
	}
	n, b := t.w.n, t.w.bufferOf(l.supply)
	r := Rest{Depth: depth, ResourceQuantity: n.measure(b, q)}
	s := t.w.sourceOf(l.supply)
	r.Flow, r.Resource = s.Flow, s.Resource
	what := n.amount(b, q) + " of " + n.bufferName(b)
	k := int(^l.supply)
	if l.supply < 0 && k < t.w.p.base {
		r.Text = what + " on hand (" + string(n.supplies[k].id) + ")"
		if n.supplies[k].firm {
			r.Text = what + " promised for " + day(n.supplies[k].at) + " (" + string(n.supplies[k].id) + ")"
		}
		t.rests = append(t.rests, r)
		return
	}
	order := l.supply
	if order < 0 {
		order = t.w.p.byproducts[k-t.w.p.base].order
	}
	t.order(r, order, what, l.supply < 0)
}

// order writes an order and walks on to what it takes.
func (t *tree) order(r Rest, order int32, what string, beside bool) {
	n, o := t.w.n, &t.w.p.orders
	r.HasBeginning, r.HasEnd = vf.At(o.at(order).begin), vf.At(o.at(order).end)
	if o.at(order).maker < 0 {
		i := n.offers[^o.at(order).maker].intent
		r.Text = what + " taken from " + n.agentName(i.Provider) + " on " + day(o.at(order).end) + " (" + string(i.ID) + ")"
		t.rests = append(t.rests, r)
		return
	}
	m := &n.makers[o.at(order).maker]
	r.Process = t.w.nameOf(order)
	r.Text = what + " from " + n.recipeName(m)
	if m.recipe.PerformedBy != "" {
		r.Text += " by " + n.agentName(m.recipe.PerformedBy)
	}
	r.Text += ", " + day(o.at(order).begin) + " to " + day(o.at(order).end)
	if beside {
		r.Text += ", where it comes beside"
	}
	t.rests = append(t.rests, r)
	if t.seen[order] {
		return
	}
	t.seen[order] = true
	t.inputs(order, r.Depth+1)
	if m.shared >= 0 {
		if trip := t.w.p.sharedOf[order]; !t.seen[trip] {
			t.seen[trip] = true
			t.inputs(trip, r.Depth+1)
		}
	}
}

// together adds up the links from one supply to one consumer.
func together(links []link) []link {
	var list []link
	at := map[int32]int{}
	for _, l := range links {
		i, seen := at[l.supply]
		if !seen {
			i, at[l.supply] = len(list), len(list)
			list = append(list, link{l.supply, l.consumer, 0})
		}
		list[i].qty += l.qty
	}
	return list
}

// inputs walks on to the part of each input that serves the need.
func (t *tree) inputs(order int32, depth int) {
	for _, l := range together(t.w.g.takes(order)) {
		for _, y := range share(t.w.g.of(order), t.w.p.orders.at(order).qty, l.qty) {
			if y.need == t.need {
				t.walk(l, y.qty, depth)
			}
		}
	}
}
