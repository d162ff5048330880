package plan

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"commonweal/vf"
)

// Change is one line of a diff: what became of a step, why, and whom it concerns.
type Change struct {
	Kind               string   `json:"kind"`         // added, removed, moved, resized, or “moved and resized”
	Was                vf.ID    `json:"was,omitzero"` // the process, or the taking of an offer, in the earlier plan
	Is                 vf.ID    `json:"is,omitzero"`  // the same in the new plan
	Recipe             vf.ID    `json:"recipe,omitzero"`
	Offer              vf.ID    `json:"offer,omitzero"`
	ResourceConformsTo vf.ID    `json:"resourceConformsTo"`
	Stage              vf.ID    `json:"stage,omitzero"`
	Before             *When    `json:"before,omitempty"`
	After              *When    `json:"after,omitempty"`
	Needs              []vf.ID  `json:"needs"`  // that the step serves, or served
	Whom               []vf.ID  `json:"whom"`   // who performs or gives, and whose needs are served
	By                 []vf.ID  `json:"-"`      // of those, who performs or gives
	Causes             []string `json:"causes"` // the changed facts that led to it
	Text               string   `json:"text"`
}

// When is the time and the size of a step.
type When struct {
	HasBeginning     vf.Time    `json:"hasBeginning"`
	HasEnd           vf.Time    `json:"hasEnd"`
	ResourceQuantity vf.Measure `json:"resourceQuantity"`
}

// NeedChange is a need that gets something else than before. State is onTime,
// late, short, or "" where the need is not in the plan.
type NeedChange struct {
	Need     vf.ID      `json:"need"`
	Receiver vf.ID      `json:"receiver,omitzero"`
	Was      string     `json:"was,omitempty"`
	Is       string     `json:"is,omitempty"`
	Before   []Coverage `json:"before"`
	After    []Coverage `json:"after"`
	Text     string     `json:"text"`
}

// MarshalJSON writes the diff with all its lines.
func (d *Diff) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Added   int          `json:"added"`
		Removed int          `json:"removed"`
		Moved   int          `json:"moved"`
		Resized int          `json:"resized"`
		Facts   []string     `json:"facts"`
		Lines   []Change     `json:"lines"`
		Needs   []NeedChange `json:"needs"`
	}{d.Added, d.Removed, d.Moved, d.Resized, d.Facts(), d.Lines(), d.Needs()})
}

// Facts says in words what changed.
func (d *Diff) Facts() []string {
	list := make([]string, 0, len(d.facts))
	for _, f := range d.facts {
		list = append(list, f.text)
	}
	return slices.Compact(list)
}

// Lines writes the changes out, in order of time. It reads the parts of
// both plans that hold them, so it is dearer than the diff itself.
func (d *Diff) Lines() []Change {
	was, is := newSteps(d.old), newSteps(d.new)
	changes := d.steps()
	for _, x := range changes {
		if x.kind != stepAdded {
			was.wanted(x.left)
		}
		if x.kind != stepRemoved {
			is.wanted(x.new)
		}
	}
	was.find()
	is.find()
	list := make([]Change, 0, len(changes))
	for _, x := range changes {
		c := Change{Kind: kindName(x.kind), Needs: []vf.ID{}, Whom: []vf.ID{}, Causes: []string{}}
		if x.kind != stepAdded {
			c.Was, c.Before = was.name(x.left), was.when(x.left)
			was.describe(&c, x.left)
		}
		if x.kind != stepRemoved {
			c.Is, c.After = is.name(x.new), is.when(x.new)
			is.describe(&c, x.new)
		}
		slices.Sort(c.Needs)
		slices.Sort(c.Whom)
		c.Needs, c.Whom = slices.Compact(c.Needs), slices.Compact(c.Whom)
		c.Causes = d.causes(&x, c.Causes)
		c.Text = d.text(&x)
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Change) int {
		x, y := cmp.Or(a.After, a.Before), cmp.Or(b.After, b.Before)
		return cmp.Or(cmp.Compare(x.HasBeginning.Unix(), y.HasBeginning.Unix()), cmp.Compare(x.HasEnd.Unix(), y.HasEnd.Unix()),
			strings.Compare(string(a.Is), string(b.Is)), strings.Compare(string(a.Was), string(b.Was)), strings.Compare(a.Text, b.Text))
	})
	return list
}

func kindName(kind uint8) string {
	switch kind {
	case stepAdded:
		return "added"
	case stepRemoved:
		return "removed"
	case stepMoved:
		return "moved"
	case stepResized:
		return "resized"
	}
	return "moved and resized"
}

// causes are the changed facts in the connected part of a step, as it was or is.
func (d *Diff) causes(x *stepChange, list []string) []string {
	was, now := x.left.part, x.new.part
	switch x.kind {
	case stepAdded:
		was = d.old.partWith(d.new.outKey(x.new))
	case stepRemoved:
		now = d.new.partWith(d.old.outKey(x.left))
	}
	for _, f := range d.facts {
		if f.was < 0 && f.now < 0 || f.was >= 0 && f.was == was || f.now >= 0 && f.now == now {
			list = append(list, f.text)
		}
	}
	return slices.Compact(list)
}

// outKey is the buffer that a step gives to.
func (p *Plan) outKey(s step) bufferKey {
	return p.net.buffers[p.net.outOf(p.parts[s.part].orders.at(s.order).maker)]
}

// partWith is the part that a buffer is in, -1 if there is no such buffer.
func (p *Plan) partWith(k bufferKey) int32 {
	if b, known := p.net.knownBuffer(k); known {
		return p.partOf[b]
	}
	return -1
}

// text says a change as one would tell the people whom it concerns.
func (d *Diff) text(x *stepChange) string {
	p, s := d.new, *x.now()
	if x.kind == stepRemoved {
		p = d.old
	}
	o := p.parts[s.part].orders.at(s.order)
	b := p.net.outOf(o.maker)
	what := "taking " + p.net.amount(b, s.qty) + " of " + p.net.bufferName(b)
	if o.maker >= 0 {
		m := &p.net.makers[o.maker]
		what = p.net.recipeName(m)
		if m.recipe.PerformedBy != "" {
			what += " by " + p.net.agentName(m.recipe.PerformedBy)
		}
		what += " for " + p.net.amount(b, s.qty) + " of " + p.net.bufferName(b)
	} else {
		what += " from " + p.net.agentName(p.net.offers[^o.maker].intent.Provider)
	}
	switch x.kind {
	case stepAdded:
		return what + " is new, " + period(s)
	case stepRemoved:
		return what + ", " + period(s) + ", is no longer planned"
	}
	if x.kind&stepResized != 0 {
		old := d.old.parts[x.left.part]
		what += " instead of " + old.net.amount(old.net.outOf(old.orders.at(x.left.order).maker), x.left.qty)
	}
	if x.kind&stepMoved != 0 {
		what += " is now " + period(s) + ", and was " + period(x.left) + moved(x.new.end-x.left.end)
	}
	return what
}

// period says when a step is: a day, or from when to when.
func period(s step) string {
	if s.begin == s.end {
		return "on " + day(s.end)
	}
	return "from " + day(s.begin) + " to " + day(s.end)
}

// moved says by how much a step moved.
func moved(by int64) string {
	switch {
	case by > 0:
		return " (" + lasting(by) + " later)"
	case by < 0:
		return " (" + lasting(-by) + " earlier)"
	}
	return ""
}

// lasting says a length of time as a person would, in at most two units.
func lasting(seconds int64) string {
	var parts []string
	for _, u := range []struct {
		name string
		size int64
	}{{"day", 86400}, {"hour", 3600}, {"minute", 60}, {"second", 1}} {
		if n := seconds / u.size; n > 0 && len(parts) < 2 {
			parts = append(parts, count(int(n), u.name))
			seconds -= n * u.size
		}
	}
	if len(parts) == 0 {
		return "no time"
	}
	return strings.Join(parts, " ")
}

// outOf is the buffer that a maker or an offer (^maker) gives to.
func (n *network) outOf(maker int32) int32 {
	if maker < 0 {
		return n.offers[^maker].buffer
	}
	return n.makers[maker].buffer
}

// writtenSteps finds the names of some steps of a plan, and what they serve.
type writtenSteps struct {
	p     *Plan
	ends  map[stepEnd][]int32 // processes and takings of one source and end, in one part
	parts map[int32]*pegging
}

// stepEnd is what the name of a step is made of, but for its number.
type stepEnd struct {
	part   int32
	source vf.ID
	end    int64
}

func newSteps(p *Plan) *writtenSteps {
	return &writtenSteps{p: p, ends: map[stepEnd][]int32{}, parts: map[int32]*pegging{}}
}

// wanted notes that a step will be named.
func (w *writtenSteps) wanted(s step) {
	w.ends[w.end(s)] = nil
	w.parts[s.part] = nil
	if w.p.parts[s.part].over != nil {
		w.ends[w.end(s)] = []int32{s.order} // in a plain part there is no other
	}
}

func (w *writtenSteps) end(s step) stepEnd {
	return stepEnd{s.part, w.p.net.sourceID(w.p.parts[s.part].orders.at(s.order).maker), s.end}
}

// sourceID is the recipe or the offer that an order is of.
func (n *network) sourceID(maker int32) vf.ID {
	if maker < 0 {
		return n.offers[^maker].intent.ID
	}
	return n.makers[maker].recipe.ID
}

// find goes once through each part that holds a wanted step and is not plain.
func (w *writtenSteps) find() {
	for k := range w.parts {
		p := w.p.parts[k]
		w.parts[k] = p.pegs()
		if p.over != nil {
			continue
		}
		for i, o := range p.orders.all() {
			if o.maker >= 0 && w.p.net.makers[o.maker].shared >= 0 {
				continue // it is on a process of its own
			}
			e := stepEnd{k, w.p.net.sourceID(o.maker), o.end}
			if list, wanted := w.ends[e]; wanted {
				w.ends[e] = append(list, i)
			}
		}
	}
	for e, list := range w.ends {
		o := &w.p.parts[e.part].orders
		slices.SortFunc(list, func(x, y int32) int { return o.compareEquals(x, y) })
	}
}

// compareEquals orders the orders of one source and end; by that they are numbered.
func (o *orders) compareEquals(x, y int32) int {
	a, b := o.at(x), o.at(y)
	return cmp.Or(cmp.Compare(a.maker, b.maker), cmp.Compare(a.begin, b.begin), cmp.Compare(a.qty, b.qty), cmp.Compare(x, y))
}

// name is the id of the process, or the taking, of a step, as in a report.
func (w *writtenSteps) name(s step) vf.ID {
	p, e := w.p.parts[s.part], w.end(s)
	order := s.order
	if m := p.orders.at(order).maker; m >= 0 && p.net.makers[m].shared >= 0 {
		order = p.sharedOf[order]
	}
	return stepName(e.source, e.end, slices.Index(w.ends[e], order)+1)
}

// stepName is the id of the nth process, or taking, of one source and end.
func stepName(source vf.ID, end int64, number int) vf.ID {
	id := "plan/" + string(source) + "/" + time.Unix(end, 0).UTC().Format("20060102T150405Z")
	if number > 1 {
		id += "/" + itoa(int64(number))
	}
	return vf.ID(id)
}

func (w *writtenSteps) when(s step) *When {
	n := w.p.net
	return &When{vf.At(s.begin), vf.At(s.end), n.measure(n.outOf(w.p.parts[s.part].orders.at(s.order).maker), s.qty)}
}

// describe adds to a change what a step is of, what it serves and whom it concerns.
func (w *writtenSteps) describe(c *Change, s step) {
	n, maker := w.p.net, w.p.parts[s.part].orders.at(s.order).maker
	k := n.buffers[n.outOf(maker)]
	c.ResourceConformsTo, c.Stage = k.spec, k.stage
	who := vf.ID("")
	if maker < 0 {
		c.Offer, who = n.offers[^maker].intent.ID, n.offers[^maker].intent.Provider
	} else {
		c.Recipe, who = n.makers[maker].recipe.ID, n.makers[maker].recipe.PerformedBy
	}
	if who != "" {
		c.Whom, c.By = append(c.Whom, who), append(c.By, who)
	}
	for _, x := range w.parts[s.part].of(s.order) {
		d := n.needs.at(x.need)
		c.Needs = append(c.Needs, cmp.Or(d.serves, d.id))
		if d.intent != nil {
			c.Whom = append(c.Whom, d.intent.Receiver)
		}
	}
}

// Needs writes out the needs that get something else than before, sorted by id.
func (d *Diff) Needs() []NeedChange {
	list := make([]NeedChange, 0, len(d.needs))
	for _, x := range d.needs {
		c := NeedChange{Need: d.old.needID(d.new, x), Before: []Coverage{}, After: []Coverage{}}
		var was, is string
		if x.was >= 0 {
			c.Receiver = d.old.net.needs.at(x.was).intent.Receiver
			c.Was, c.Before, was = d.old.gets(x.was)
		}
		if x.now >= 0 {
			c.Receiver = d.new.net.needs.at(x.now).intent.Receiver
			c.Is, c.After, is = d.new.gets(x.now)
		}
		switch {
		case x.was < 0:
			c.Text = string(c.Need) + " is new: " + is
		case x.now < 0:
			c.Text = string(c.Need) + " is no more"
		default:
			c.Text = string(c.Need) + ": " + is + "; before: " + was
		}
		list = append(list, c)
	}
	return list
}

// gets says what a need gets, for programs and in words.
func (p *Plan) gets(i int32) (state string, parts []Coverage, text string) {
	n, d := p.net, p.net.needs.at(i)
	s := p.partOfNeed(i).state(i)
	parts = []Coverage{}
	var said []string
	for _, c := range s.parts {
		parts = append(parts, Coverage{vf.At(c.at), n.measure(d.buffer, c.qty)})
		said = append(said, n.amount(d.buffer, c.qty)+" on "+day(c.at))
	}
	switch s.state {
	case "onTime":
		text = "on time"
	case "late":
		text = "late by " + lasting(s.last-d.due)
	default:
		text = "short by " + n.amount(d.buffer, d.wanted-s.covered)
	}
	if len(said) > 0 {
		text += ", " + strings.Join(said, " and ")
	}
	return s.state, parts, text
}
