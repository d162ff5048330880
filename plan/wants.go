package plan

import (
	"slices"

	"commonweal/vf"
)

// reader reads groups of records into what is wanted, offered and there. Reading
// all facts reads every group; following a change reads those that it touches.
type reader struct {
	n      *network
	look   func(vf.ID) vf.Record // a record that another refers to
	batch  int                   // needs that are allocated at a time
	room   []need
	follow bool            // no buffer may be new,
	lost   bool            // or this is set
	old    map[vf.ID]int32 // the needs of the group as they are, to be kept where nothing changed
	deals  deals           // what the group's promises and events say of each other
	named  map[vf.ID]int64 // of a resource, wanted by name
	placed map[vf.ID]bool  // specifications of which a record of the group names a place

	needs       []*need
	offers      []*offer
	supplies    []supply
	broken      []Problem
	commitments []*vf.Commitment // unfinished
	open        []*vf.Intent     // open flows of firm processes
}

func newReader(n *network, look func(vf.ID) vf.Record, batch int) *reader {
	return &reader{n: n, look: look, batch: batch, named: map[vf.ID]int64{}, placed: map[vf.ID]bool{}, deals: newDeals()}
}

// readGroups reads all groups, in the order of their specifications.
func (n *network) readGroups(look func(vf.ID) vf.Record) {
	g := &n.groups
	r := newReader(n, look, 512)
	for k := range int32(len(g.ids)) {
		if g.root(k) == k {
			r.group(g.specs(k))
			n.noteBroken(k, r)
		}
	}
	slices.SortFunc(r.needs, func(a, b *need) int { return compareIDs(a.id, b.id) })
	n.needs, n.offers, n.supplies = rollOf(r.needs), r.offers, r.supplies
	slices.SortFunc(n.offers, func(a, b *offer) int { return compareIDs(a.intent.ID, b.intent.ID) })
	n.firm.read(g, n.graph.Processes, r)
	g.nodes.sealed, g.begun.sealed, g.proposals.sealed = true, true, true
}

// noteBroken notes what makes no sense in the group with a root.
func (n *network) noteBroken(root int32, r *reader) {
	if len(r.broken) > 0 {
		n.brokenOf[root], r.broken = r.broken, nil
	} else {
		delete(n.brokenOf, root)
	}
}

// group reads the records of some specifications.
func (r *reader) group(specs []int32) {
	g := &r.n.groups
	commitments := join(&g.commitments, specs, func(a, b *vf.Commitment) int { return compareIDs(a.ID, b.ID) })
	events := join(&g.events, specs, byTime)
	if len(commitments)+len(events) > 0 {
		r.readFirm(commitments, events)
	}
	for _, k := range specs {
		for _, i := range g.intents.get(k) {
			r.intent(i)
		}
	}
	for _, k := range specs {
		for _, x := range g.resources.get(k) {
			r.stock(x)
		}
	}
	clear(r.named)
	clear(r.placed)
	r.deals.clear()
}

// intent reads an open flow of a process, an offer or a need.
func (r *reader) intent(i *vf.Intent) {
	named := r.n.groups.proposals.get(i.ID)
	if d := r.unchanged(i); d != nil && len(named) == 0 {
		r.want(d)
		return
	}
	if i.InputOf != "" || i.OutputOf != "" {
		if p := processOf(i); r.n.groups.begun.get(p) > 0 && !i.Finished {
			r.openFlow(i, p)
		}
		return
	}
	if i.Finished || !isMaterial(i) || (i.Provider == "") == (i.Receiver == "") {
		return
	}
	if slices.ContainsFunc(named, func(p *vf.Proposal) bool { return slices.Contains(p.Reciprocal, i.ID) }) {
		return // what is wanted in return is neither a need nor an offer
	}
	if i.Provider != "" {
		r.offer(i, named)
	} else {
		r.need(i)
	}
}

// Undated reports whether an intent is a need that cannot be planned because it has no
// date: nothing else than a level that is kept can be wanted without one.
func Undated(i *vf.Intent) bool {
	return isNeed(i) && i.Keep == "" && needDue(i) == never
}

func isNeed(i *vf.Intent) bool {
	return i.Provider == "" && i.Receiver != "" && isMaterial(i) && !i.Finished
}

func isMaterial(i *vf.Intent) bool {
	return i.ResourceConformsTo != "" && i.InputOf == "" && i.OutputOf == "" && i.Action != vf.Work && i.Action != vf.Use && i.Action != vf.Cite
}

// buffer returns the number of a buffer.
func (r *reader) buffer(k bufferKey) int32 {
	if k.place != "" {
		r.placed[k.spec] = true
	}
	if !r.follow {
		return r.n.buffer(k)
	}
	b, known := r.n.knownBuffer(k)
	r.lost = r.lost || !known
	return b
}

// offer reads an intent that has a provider alone; it holds while those who
// publish it say.
func (r *reader) offer(i *vf.Intent, publishedBy []*vf.Proposal) {
	n := r.n
	o := &offer{intent: i, left: -1, from: always, until: never}
	if err := n.offerTerms(o); err != nil {
		r.broken = append(r.broken, broken(i.ID, err))
		return
	}
	for _, p := range publishedBy {
		if !p.HasBeginning.IsZero() {
			o.from = max(o.from, p.HasBeginning.Unix())
		}
		if !p.HasEnd.IsZero() {
			o.until = min(o.until, p.HasEnd.Unix())
		}
	}
	if o.left >= 0 {
		taken := r.deals.taken[i.ID]
		if last := r.deals.lastOf[i.ID]; taken > o.left && last != nil {
			r.overPromised(last, i.ID, taken-o.left)
		}
		o.left = max(0, o.left-taken)
	}
	o.buffer = r.buffer(bufferKey{spec: i.ResourceConformsTo, stage: i.Stage, state: i.State, place: i.Place})
	r.offers = append(r.offers, o)
}

func (n *network) offerTerms(o *offer) (err error) {
	i := o.intent
	if !i.AvailableQuantity.IsZero() {
		if o.left, err = n.steps(i.ResourceConformsTo, i.AvailableQuantity, false); err != nil {
			return err
		}
		if o.left < 0 {
			return &vf.Error{Kind: vf.BadProperty, Values: []string{"property", "availableQuantity", "value", i.AvailableQuantity.String(), "wanted", "a quantity of 0 or more"}}
		}
	}
	if !i.MinimumQuantity.IsZero() {
		if o.least, err = n.steps(i.ResourceConformsTo, i.MinimumQuantity, true); err != nil {
			return err
		}
	}
	if !i.BatchMultiple.IsZero() {
		if o.multiple, err = n.steps(i.ResourceConformsTo, i.BatchMultiple, true); err != nil {
			return err
		}
	}
	o.period = i.BudgetPeriod
	if !i.ResourceQuantity.IsZero() {
		if _, err = n.steps(i.ResourceConformsTo, i.ResourceQuantity, true); err != nil {
			return err
		}
	}
	if !i.LeadTime.IsZero() {
		if o.lead, err = n.seconds(i.LeadTime); err != nil {
			return err
		}
	}
	if !i.HasPointInTime.IsZero() {
		o.from, o.until = i.HasPointInTime.Unix(), i.HasPointInTime.Unix()
	}
	if !i.HasBeginning.IsZero() {
		o.from = i.HasBeginning.Unix()
	}
	if !i.HasEnd.IsZero() {
		o.until = i.HasEnd.Unix()
	}
	return nil
}

// need reads an intent that has a receiver alone.
func (r *reader) need(i *vf.Intent) {
	n := r.n
	d := r.newNeed()
	*d = need{id: i.ID, intent: i, tier: i.Tier, due: needDue(i), latest: never, rank: rankNeed, together: i.Together}
	switch i.Keep {
	case "target":
		d.rank = rankTarget
	case "floor":
		d.rank = rankFirm
	}
	if d.due == never && i.Keep != "" {
		d.due = n.now
	}
	if d.due == never {
		r.broken = append(r.broken, brokenFor(i.ID, "it has no date; give `due`, the date by which it is wanted."))
		return
	}
	if err := r.needTerms(d); err != nil {
		r.broken = append(r.broken, broken(i.ID, err))
		return
	}
	d.buffer = r.buffer(n.needKey(i))
	r.want(d)
}

// unchanged is the need of an intent as it was read before, where neither the
// intent is another nor anything was or is promised to it.
func (r *reader) unchanged(i *vf.Intent) *need {
	k, ok := r.old[i.ID]
	if !ok {
		return nil
	}
	d := r.n.needs.at(k)
	if d.intent != i || d.done != 0 || len(d.promised)+len(d.tooLate) > 0 || r.deals.done[i.ID] != 0 || len(r.deals.promised[i.ID]) > 0 {
		return nil
	}
	if key := r.n.buffers[d.buffer]; key.place != "" {
		r.placed[key.spec] = true
	}
	return d
}

// want adds a need that was read.
func (r *reader) want(d *need) {
	r.needs = append(r.needs, d)
	if r.lost {
		return
	}
	if only := r.n.buffers[d.buffer].only; only != "" {
		r.named[only] = plus(r.named[only], d.qty)
	}
}

// newNeed is room for a need; needs that are read together lie together.
func (r *reader) newNeed() *need {
	if len(r.room) == 0 {
		r.room = make([]need, r.batch)
	}
	d := &r.room[0]
	r.room = r.room[1:]
	return d
}

// needKey is the buffer that a need wants from.
func (n *network) needKey(i *vf.Intent) bufferKey {
	k := named(bufferKey{i.ResourceConformsTo, i.Stage, i.State, i.Place, i.ResourceInventoriedAs})
	if k.stage == "" && k.only == "" {
		k.stage = n.last[k.spec]
	}
	return k
}

// named leaves out stage, state and place where one resource is asked for by name.
func named(k bufferKey) bufferKey {
	if k.only != "" {
		return bufferKey{spec: k.spec, only: k.only}
	}
	return k
}

func needDue(i *vf.Intent) int64 {
	for _, t := range []vf.Time{i.Due, i.HasPointInTime, i.HasEnd} {
		if !t.IsZero() {
			return t.Unix()
		}
	}
	return never
}

func (r *reader) needTerms(d *need) (err error) {
	i, n := d.intent, r.n
	if d.wanted, err = n.steps(i.ResourceConformsTo, i.ResourceQuantity, true); err != nil {
		return err
	}
	if d.wanted < 0 {
		return &vf.Error{Kind: vf.BadProperty, Values: []string{"property", "resourceQuantity", "value", i.ResourceQuantity.String(), "wanted", "a quantity of 0 or more"}}
	}
	if !i.LatestUseful.IsZero() {
		d.latest = i.LatestUseful.Unix()
	}
	d.done = r.deals.done[i.ID]
	d.qty = d.wanted - d.done
	for _, p := range r.deals.promised[i.ID] {
		if p.at > d.latest {
			d.tooLate = append(d.tooLate, p)
			continue
		}
		d.promised = append(d.promised, p)
		d.qty = max(0, d.qty) - p.qty // so it never falls out of the range of numbers
	}
	if d.qty = max(0, d.qty); d.latest < max(d.due, n.now) {
		d.expired, d.qty = d.qty > 0, 0
	}
	if !i.MinimumUsefulQuantity.IsZero() {
		if d.least, err = n.steps(i.ResourceConformsTo, i.MinimumUsefulQuantity, true); err != nil {
			return err
		}
		d.least = min(d.least, d.wanted)
	}
	return nil
}

// stock reads what is on hand. Non-substitutable things, and the part of a
// resource that is asked for by name, serve only those who name them.
func (r *reader) stock(x *vf.EconomicResource) {
	n := r.n
	spec := n.specs[x.ConformsTo]
	if spec == nil || spec.MediumOfExchange == vf.Yes || x.OnhandQuantity.IsZero() || x.ContainedIn != "" {
		return
	}
	q, err := n.steps(x.ConformsTo, x.OnhandQuantity, false)
	if err != nil {
		r.broken = append(r.broken, broken(x.ID, err))
		return
	}
	q = max(0, q-r.deals.reserved[x.ID])
	k := bufferKey{spec: x.ConformsTo, stage: x.Stage, state: x.State}
	if n.placed[k.spec] || r.placed[k.spec] {
		k.place = x.CurrentLocation
	}
	reserved := min(q, r.named[x.ID])
	if spec.Substitutable == vf.No {
		reserved = q
	}
	if reserved > 0 {
		r.supplies = append(r.supplies, supply{buffer: r.buffer(bufferKey{spec: x.ConformsTo, only: x.ID}), at: always, qty: reserved, id: x.ID})
	}
	if q > reserved {
		r.supplies = append(r.supplies, supply{buffer: r.buffer(k), at: always, qty: q - reserved, id: x.ID})
	}
}

// placedByRecipes lists the specifications of which a recipe names a place. Only
// where a recipe, a requirement or an offer does so is it of account where a resource is.
func (n *network) placedByRecipes() map[vf.ID]bool {
	list := map[vf.ID]bool{}
	for i := range n.buffers {
		if n.buffers[i].place != "" {
			list[n.buffers[i].spec] = true
		}
	}
	return list
}

// readProposals notes the proposals that name each intent.
func (n *network) readProposals() {
	t := &n.groups.proposals
	for _, p := range n.graph.Proposals {
		for _, id := range namedBy(p) {
			t.set(id, append(t.get(id), p))
		}
	}
}

// namedBy lists the intents that a proposal names, each once.
func namedBy(p *vf.Proposal) []vf.ID {
	list := slices.Concat(p.Publishes, p.Reciprocal)
	slices.Sort(list)
	return slices.Compact(list)
}
