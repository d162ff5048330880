package plan

import (
	"bytes"
	"slices"
	"strings"

	"commonweal/vf"
)

// changedFacts lists in words what is different between the facts of two plans,
// as far as plans rest on it.
func (p *Plan) changedFacts(old *Plan) []fact {
	c := &factChanges{old: old, new: p}
	if old.net.now != p.net.now {
		c.list = append(c.list, fact{"it is " + day(p.net.now) + ", and was " + day(old.net.now), -1, -1})
	}
	if old.net == p.net {
		return c.list
	}
	all := func(n *network) wants {
		buffers := make([]int32, len(n.buffers))
		for b := range buffers {
			buffers[b] = int32(b)
		}
		return n.about(buffers)
	}
	was, is := all(old.net), all(p.net)
	c.needs(was.needs, is.needs)
	c.offers(was.offers, is.offers)
	c.supplies(was.supplies, is.supplies)
	if old.net.graph != p.net.graph { // else changes were followed, which are of nothing else
		c.recipes()
		c.bounds()
	}
	return c.list
}

// factChanges gathers the differences between the facts of two plans.
type factChanges struct {
	old, new *Plan
	list     []fact
}

// pairUp calls f with each id of either list and where it stands, -1 for nowhere.
// An empty id stands for nothing.
func pairUp[T any](old, made []T, id func(T) vf.ID, f func(was, now int)) {
	at := map[vf.ID]int{}
	for i, x := range old {
		if k := id(x); k != "" {
			at[k] = i
		}
	}
	for i, x := range made {
		k := id(x)
		if k == "" {
			continue
		}
		was, known := at[k]
		if delete(at, k); !known {
			was = -1
		}
		f(was, i)
	}
	gone := make([]int, 0, len(at))
	for _, i := range at {
		gone = append(gone, i)
	}
	slices.Sort(gone)
	for _, i := range gone {
		f(i, -1)
	}
}

// add adds a fact about a buffer of each network, nil where there is none.
func (c *factChanges) add(text string, was, now int32) {
	f := fact{text, -1, -1}
	if was >= 0 {
		f.was = c.old.partOf[was]
	}
	if now >= 0 {
		f.now = c.new.partOf[now]
	}
	c.list = append(c.list, f)
}

// sameRecord reports whether two records say the same.
func sameRecord(a, b vf.Record) bool {
	x, errX := vf.Encode(a)
	y, errY := vf.Encode(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

func (c *factChanges) needs(old, made []*need) {
	o, n := c.old.net, c.new.net
	id := func(d *need) vf.ID {
		if d.gone {
			return ""
		}
		return d.id
	}
	pairUp(old, made, id, func(was, now int) {
		switch {
		case was < 0 && made[now].intent != nil:
			d := made[now]
			c.add(string(d.id)+" is new: "+n.needName(d)+" by "+day(d.due), -1, d.buffer)
		case now < 0 && old[was].intent != nil:
			d := old[was]
			c.add(string(d.id)+" is no more: "+o.needName(d)+" by "+day(d.due), d.buffer, -1)
		case was < 0:
			d := made[now]
			c.add("firm work takes "+n.amount(d.buffer, d.qty)+" of "+n.bufferName(d.buffer)+" on "+day(d.due)+" ("+string(d.id)+")", -1, d.buffer)
		case now < 0:
			d := old[was]
			c.add("firm work no longer takes "+o.amount(d.buffer, d.qty)+" of "+o.bufferName(d.buffer)+" ("+string(d.id)+")", d.buffer, -1)
		default:
			c.need(old[was], made[now])
		}
	})
}

// need says what is different about a need.
func (c *factChanges) need(a, b *need) {
	if a == b {
		return
	}
	o, n := c.old.net, c.new.net
	var what []string
	if x, y := o.amount(a.buffer, a.wanted), n.amount(b.buffer, b.wanted); x != y {
		what = append(what, "is "+raised(a.wanted, b.wanted)+"from "+x+" to "+y)
	}
	if a.due != b.due {
		what = append(what, "is due on "+day(b.due)+", and was on "+day(a.due))
	}
	if a.tier != b.tier {
		what = append(what, "is in tier "+itoa(int64(b.tier))+", and was in "+itoa(int64(a.tier)))
	}
	if a.done != b.done {
		what = append(what, "has got "+n.amount(b.buffer, b.done)+" so far")
	}
	if x, y := a.qty, b.qty; len(what) == 0 && x != y {
		what = append(what, "has "+n.amount(b.buffer, b.qty)+" open, and had "+o.amount(a.buffer, a.qty))
	}
	if len(what) == 0 && a.intent != nil && b.intent != nil && a.intent != b.intent && !sameRecord(a.intent, b.intent) {
		what = append(what, "was changed")
	}
	if len(what) > 0 {
		c.add(string(b.id)+" "+strings.Join(what, ", and "), a.buffer, b.buffer)
	}
}

func raised(was, now int64) string {
	if now > was {
		return "raised "
	}
	return "lowered "
}

func (c *factChanges) offers(old, made []*offer) {
	o, n := c.old.net, c.new.net
	id := func(x *offer) vf.ID {
		if x.gone {
			return ""
		}
		return x.intent.ID
	}
	pairUp(old, made, id, func(was, now int) {
		switch {
		case was < 0:
			x := made[now]
			c.add(string(x.intent.ID)+" is new: "+n.bufferName(x.buffer)+" from "+n.agentName(x.intent.Provider), -1, x.buffer)
		case now < 0:
			x := old[was]
			c.add(string(x.intent.ID)+" is no more: "+o.bufferName(x.buffer)+" from "+o.agentName(x.intent.Provider), x.buffer, -1)
		default:
			c.offer(old[was], made[now])
		}
	})
}

// offer says what is different about an offer.
func (c *factChanges) offer(a, b *offer) {
	if a == b {
		return
	}
	o, n := c.old.net, c.new.net
	switch {
	case a.left != b.left && a.left >= 0 && b.left >= 0:
		c.add(string(b.intent.ID)+" has "+n.amount(b.buffer, b.left)+" left, and had "+o.amount(a.buffer, a.left), a.buffer, b.buffer)
	case a.from != b.from && a.from != always && b.from != always:
		c.add(string(b.intent.ID)+" can be had from "+day(b.from)+", and was to be had from "+day(a.from), a.buffer, b.buffer)
	case a.left != b.left || a.from != b.from || a.until != b.until || a.lead != b.lead || a.intent != b.intent && !sameRecord(a.intent, b.intent):
		c.add(string(b.intent.ID)+" was changed", a.buffer, b.buffer)
	}
}

func (c *factChanges) supplies(old, made []supply) {
	o, n := c.old.net, c.new.net
	id := func(x supply) vf.ID { return x.id }
	was, now := byRecord(old), byRecord(made)
	pairUp(was, now, id, func(i, k int) {
		switch {
		case i < 0:
			c.add(n.supplyText(now[k])+" is new", -1, now[k].buffer)
		case k < 0:
			c.add(o.supplyText(was[i])+" is no more", was[i].buffer, -1)
		case was[i].qty != now[k].qty:
			c.add(n.supplyText(now[k])+", was "+o.amount(was[i].buffer, was[i].qty), was[i].buffer, now[k].buffer)
		case was[i].at != now[k].at:
			c.add(n.supplyText(now[k])+", was for "+day(was[i].at), was[i].buffer, now[k].buffer)
		}
	})
}

// byRecord adds up the supplies of one record: a resource may serve two buffers,
// those who name it, and all.
func byRecord(supplies []supply) (list []supply) {
	at := make(map[vf.ID]int, len(supplies))
	for _, x := range supplies {
		if k, known := at[x.id]; known {
			list[k].qty = plus(list[k].qty, x.qty)
			continue
		}
		at[x.id] = len(list)
		list = append(list, x)
	}
	return list
}

// supplyText says what a supply is.
func (n *network) supplyText(s supply) string {
	text := n.amount(s.buffer, s.qty) + " of " + n.bufferName(s.buffer)
	if s.firm {
		return text + " promised for " + day(s.at) + " (" + string(s.id) + ")"
	}
	return text + " on hand (" + string(s.id) + ")"
}

func (c *factChanges) recipes() {
	o, n := c.old.net, c.new.net
	seen := map[vf.ID]bool{}
	id := func(m maker) vf.ID {
		if m.buffer < 0 {
			return ""
		}
		return m.recipe.ID + "\x00" + m.out.ID
	}
	pairUp(o.makers, n.makers, id, func(was, now int) {
		var text string
		a, b := int32(-1), int32(-1)
		if was >= 0 {
			a, text = o.makers[was].buffer, o.recipeName(&o.makers[was])+" ("+string(o.makers[was].recipe.ID)+") is no more"
		}
		if now >= 0 {
			b, text = n.makers[now].buffer, n.recipeName(&n.makers[now])+" ("+string(n.makers[now].recipe.ID)+") is new"
		}
		if was >= 0 && now >= 0 {
			if sameMaker(&o.makers[was], &n.makers[now]) {
				return
			}
			text = n.recipeName(&n.makers[now]) + " (" + string(n.makers[now].recipe.ID) + ") was changed"
		}
		if !seen[vf.ID(text)] {
			seen[vf.ID(text)] = true
			c.add(text, a, b)
		}
	})
}

// sameMaker reports whether the records behind two makers say the same.
func sameMaker(a, b *maker) bool {
	same := func(x, y *vf.RecipeFlow) bool { return x == y || x != nil && y != nil && sameRecord(x, y) }
	uses := func(x, y use) bool { return same(x.flow, y.flow) }
	return (a.recipe == b.recipe || sameRecord(a.recipe, b.recipe)) && same(a.out, b.out) && slices.EqualFunc(a.uses, b.uses, uses) &&
		slices.EqualFunc(a.byproducts, b.byproducts, uses) && slices.EqualFunc(a.others, b.others, same)
}
