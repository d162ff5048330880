package plan

import (
	"slices"

	"commonweal/vf"
)

// group reads a group of records again and takes what differs into the tables.
func (f *follower) group(root int32) {
	n := f.n
	specs := n.groups.specs(root)
	for _, k := range specs {
		spec := n.groups.ids[k]
		if _, undeclared := n.undeclared[spec]; undeclared && n.occurring(spec) != n.specUnit[spec] {
			f.ok = false
			return
		}
	}
	var buffers []int32
	for _, k := range specs {
		buffers = append(buffers, n.bySpec[n.groups.ids[k]]...)
	}
	r := newReader(n, n.facts.Record, 1)
	r.follow, r.old = true, map[vf.ID]int32{}
	for _, b := range buffers {
		for _, i := range n.needsOf.get(b) {
			r.old[n.needs.at(i).id] = i
		}
	}
	r.group(specs)
	if r.lost {
		f.ok = false
		return
	}
	f.putNeeds(r, buffers)
	f.putOffers(r, buffers)
	f.putSupplies(r, buffers)
	f.putFirm(r, specs)
	f.putBroken(r, root, specs)
}

// putNeeds takes the needs of a group into the table.
func (f *follower) putNeeds(r *reader, buffers []int32) {
	n := f.n
	numbers, other := make([]int32, len(r.needs)), map[int32]bool{}
	for j, d := range r.needs {
		k, had := r.old[d.id]
		if !had {
			k = n.needs.push(d)
			n.dues.add(d)
			other[d.buffer] = true
			f.together("", d.together)
		}
		delete(r.old, d.id)
		if was := n.needs.at(k); was != d && !was.same(d) {
			other[was.buffer], other[d.buffer] = true, true
			f.together(was.together, d.together)
			n.dues.remove(was)
			n.dues.add(d)
			n.needs.set(k, d)
		}
		numbers[j] = k
	}
	for _, k := range r.old {
		was := n.needs.at(k)
		f.together(was.together, "")
		n.dues.remove(was)
		other[was.buffer] = true
		n.needs.set(k, &need{buffer: was.buffer, latest: never, firm: true, gone: true})
		n.tombs++
	}
	for _, b := range buffers {
		if other[b] {
			*n.needsOf.at(b) = nil
			f.touched[b] = true
		}
	}
	for _, k := range numbers {
		if b := n.needs.at(k).buffer; other[b] {
			to := n.needsOf.at(b)
			*to = append(*to, k)
		}
	}
	for b := range other {
		slices.SortFunc(n.needsOf.get(b), n.sooner)
	}
}

// together gives up where other needs come together than before.
func (f *follower) together(was, is string) { f.ok = f.ok && was == is }

// same reports whether two needs are the same in all that a plan tells of them.
func (d *need) same(o *need) bool {
	return d.id == o.id && d.buffer == o.buffer && d.qty == o.qty && d.due == o.due && d.tier == o.tier && d.least == o.least && d.latest == o.latest &&
		d.intent == o.intent && d.firm == o.firm && d.rank == o.rank && d.together == o.together && d.serves == o.serves && d.wanted == o.wanted && d.done == o.done && d.expired == o.expired &&
		d.gone == o.gone && slices.Equal(d.promised, o.promised) && slices.Equal(d.tooLate, o.tooLate)
}

func (l *lastDue) remove(d *need) {
	if !d.gone && d.due == l.at {
		l.count--
	}
}

// putOffers takes the offers of a group into the table.
func (f *follower) putOffers(r *reader, buffers []int32) {
	n := f.n
	old, other := map[vf.ID]int32{}, map[int32]bool{}
	for _, b := range buffers {
		for _, i := range n.offersOf.get(b) {
			old[n.offers[i].intent.ID] = i
		}
	}
	numbers := make([]int32, len(r.offers))
	for j, o := range r.offers {
		k, had := old[o.intent.ID]
		if !had {
			k = int32(len(n.offers))
			n.offers = append(f.offers(), o)
			other[o.buffer] = true
		}
		delete(old, o.intent.ID)
		if was := n.offers[k]; *was != *o {
			other[was.buffer], other[o.buffer] = true, true
			f.offers()[k] = o
		}
		numbers[j] = k
	}
	for _, k := range old {
		was := n.offers[k]
		other[was.buffer] = true
		f.offers()[k] = &offer{intent: &vf.Intent{}, buffer: was.buffer, gone: true}
		n.tombs++
	}
	for _, b := range buffers {
		if other[b] {
			*n.offersOf.at(b) = nil
			f.touched[b] = true
		}
	}
	for _, k := range numbers {
		if b := n.offers[k].buffer; other[b] {
			to := n.offersOf.at(b)
			*to = append(*to, k)
		}
	}
	for b := range other {
		slices.SortFunc(n.offersOf.get(b), n.betterOffer)
	}
}

// offers is the table of offers, which the network shares with others until then.
func (f *follower) offers() []*offer {
	if !f.ownOffers {
		f.n.offers, f.ownOffers = slices.Clone(f.n.offers), true
	}
	return f.n.offers
}

// putSupplies puts the supplies of each buffer that has others than before behind
// the rest.
func (f *follower) putSupplies(r *reader, buffers []int32) {
	n := f.n
	slices.SortFunc(r.supplies, earlierSupply)
	for _, b := range buffers {
		from, _ := slices.BinarySearchFunc(r.supplies, b, func(s supply, b int32) int { return int(s.buffer) - int(b) })
		to := from
		for to < len(r.supplies) && r.supplies[to].buffer == b {
			to++
		}
		first, end := n.suppliesOf(b)
		if slices.Equal(n.supplies[first:end], r.supplies[from:to]) {
			continue
		}
		f.touched[b] = true
		n.tombs += int(end - first)
		*n.supplyOf.at(b) = span{}
		if to > from {
			*n.supplyOf.at(b) = span{int32(len(n.supplies)), int32(len(n.supplies) + to - from)}
			n.supplies = append(n.supplies, r.supplies[from:to]...)
		}
	}
}

// putFirm notes which promises and open flows of a group are unfinished.
func (f *follower) putFirm(r *reader, specs []int32) {
	n := f.n
	open := make(map[vf.ID]bool, len(r.open)+len(r.commitments))
	for _, i := range r.open {
		open[i.ID] = true
		put(f, &n.firm.open, i)
	}
	for _, c := range r.commitments {
		open[c.ID] = true
		put(f, &n.firm.commitments, c)
	}
	for _, k := range specs {
		for _, c := range n.groups.commitments.get(k) {
			if !open[c.ID] {
				drop(f, &n.firm.commitments, c.ID)
			}
		}
		for _, i := range n.groups.intents.get(k) {
			if !open[i.ID] && processOf(i) != "" {
				drop(f, &n.firm.open, i.ID)
			}
		}
	}
}

// put enters a record in a table, where it is not the same already.
func put[R interface {
	comparable
	vf.Record
}](f *follower, t *ordered[R], r R) {
	if was, _ := t.get(r.Key()); was != r {
		t.set(r.Key(), r)
		f.texts = true
	}
}

// drop takes a record out of a table.
func drop[R vf.Record](f *follower, t *ordered[R], id vf.ID) {
	if _, there := t.get(id); there {
		t.remove(id)
		f.texts = true
	}
}

// putBroken notes what makes no sense in a group now.
func (f *follower) putBroken(r *reader, root int32, specs []int32) {
	for _, k := range specs {
		f.texts = f.texts || len(f.n.brokenOf[k]) > 0
		delete(f.n.brokenOf, k)
	}
	f.texts = f.texts || len(r.broken) > 0
	f.n.noteBroken(root, r)
}
