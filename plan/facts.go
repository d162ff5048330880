package plan

import (
	"cmp"
	"errors"
	"math/big"
	"slices"
	"strings"

	"commonweal/rule"
	"commonweal/vf"
)

// read turns the facts into dense tables. What makes no sense (a unit that does
// not convert, a need without date) becomes a problem of kind brokenData, and the
// rest is read; only undeclared settings and impossible units are errors.
func read(g *vf.Graph, s Settings) (*network, error) {
	if s.Now.IsZero() {
		return nil, rule.Refuse("planWithoutNow")
	}
	units, err := vf.NewUnits(g.Units)
	if err != nil {
		return nil, refusal(err)
	}
	n := &network{graph: g, now: s.Now.Unix(), units: units,
		specs:    make(map[vf.ID]*vf.ResourceSpecification, len(g.ResourceSpecifications)),
		plain:    make(map[vf.ID]int32, len(g.ResourceSpecifications)),
		byKey:    map[bufferKey]int32{},
		specUnit: make(map[vf.ID]vf.ID, len(g.ResourceSpecifications)),
	}
	n.readNames()
	n.readUnits()
	n.readRecipes()
	n.last = n.lastStages()
	n.readFirm()
	inReturn, within := n.published()
	n.readOffers(inReturn, within)
	n.readNeeds(inReturn)
	n.readStock()
	n.number()
	n.index()
	n.setHorizon(s)
	if n.workTimes, err = readWorkTimes(g, s.Zone, n.now-aYear, n.horizon+aYear); err != nil {
		return nil, err
	}
	return n, nil
}

// readNames keeps the words for people.
func (n *network) readNames() {
	n.names, n.symbols, n.longFlow = map[vf.ID]string{}, map[vf.ID]string{}, map[*vf.RecipeFlow]bool{}
	for _, a := range n.graph.Agents {
		n.names[a.ID] = a.Name
	}
	for _, s := range n.graph.ProcessSpecifications {
		n.names[s.ID] = s.Name
	}
	for _, u := range n.graph.Units {
		n.symbols[u.ID] = u.Symbol
	}
}

// refusal turns an error of package vf into a refusal of the same name.
func refusal(err error) error {
	var e *vf.Error
	if errors.As(err, &e) {
		return rule.Refuse(rule.Name(e.Kind), e.Values...)
	}
	return err
}

// readUnits finds the unit in which each specification is planned: its default
// unit, else the least by id of the units that it occurs in.
func (n *network) readUnits() {
	undeclared := map[vf.ID]bool{}
	for _, s := range n.graph.ResourceSpecifications {
		n.specs[s.ID] = s
		if s.DefaultUnitOfResource != "" {
			n.specUnit[s.ID] = s.DefaultUnitOfResource
		} else {
			undeclared[s.ID] = true
		}
	}
	if len(undeclared) == 0 {
		return
	}
	seen := func(spec vf.ID, m vf.Measure) {
		if u, said := n.specUnit[spec]; undeclared[spec] && !m.IsZero() && (!said || m.HasUnit < u) {
			n.specUnit[spec] = m.HasUnit
		}
	}
	for _, f := range n.graph.RecipeFlows {
		seen(f.ResourceConformsTo, f.ResourceQuantity)
	}
	for _, i := range n.graph.Intents {
		seen(i.ResourceConformsTo, i.ResourceQuantity)
		seen(i.ResourceConformsTo, i.AvailableQuantity)
	}
	for _, c := range n.graph.Commitments {
		seen(c.ResourceConformsTo, c.ResourceQuantity)
	}
	for _, r := range n.graph.EconomicResources {
		seen(r.ConformsTo, r.OnhandQuantity)
	}
}

// steps gives a measure in steps of the unit of its specification.
func (n *network) steps(spec vf.ID, m vf.Measure, up bool) (int64, error) {
	u, ok := n.specUnit[spec]
	if !ok {
		return 0, unknownSpec(spec)
	}
	return n.units.Steps(m, u, up)
}

func unknownSpec(id vf.ID) error {
	return &vf.Error{Kind: "unknownReference", Values: []string{"property", "resourceConformsTo", "id", string(id), "nearest", "a declared specification"}}
}

// breaks notes that a record makes no sense, and why.
func (n *network) breaks(about vf.ID, err error) {
	text := err.Error()
	if r, ok := refusal(err).(*rule.Refusal); ok {
		text = r.Sentence() + " " + r.Hint()
	}
	n.broken = append(n.broken, Problem{Kind: "brokenData", About: about, Text: string(about) + " cannot be planned: " + text})
}

func (n *network) breaksFor(about vf.ID, why string) {
	n.broken = append(n.broken, Problem{Kind: "brokenData", About: about, Text: string(about) + " cannot be planned: " + why})
}

// published finds what proposals say of their intents: those in return, which
// are neither needs nor offers, and the dates between which the rest holds.
func (n *network) published() (inReturn map[vf.ID]bool, within map[vf.ID][2]int64) {
	inReturn, within = map[vf.ID]bool{}, map[vf.ID][2]int64{}
	for _, p := range n.graph.Proposals {
		for _, id := range p.Reciprocal {
			inReturn[id] = true
		}
		for _, id := range p.Publishes {
			w, said := within[id]
			if !said {
				w = [2]int64{always, never}
			}
			if !p.HasBeginning.IsZero() {
				w[0] = max(w[0], p.HasBeginning.Unix())
			}
			if !p.HasEnd.IsZero() {
				w[1] = min(w[1], p.HasEnd.Unix())
			}
			within[id] = w
		}
	}
	return inReturn, within
}

func isMaterial(i *vf.Intent) bool {
	return i.ResourceConformsTo != "" && i.InputOf == "" && i.OutputOf == "" && i.Action != vf.Work && i.Action != vf.Use && i.Action != vf.Cite
}

// readOffers reads the intents that have a provider alone.
func (n *network) readOffers(inReturn map[vf.ID]bool, within map[vf.ID][2]int64) {
	for _, i := range n.graph.Intents {
		if i.Provider == "" || i.Receiver != "" || i.Finished || !isMaterial(i) || inReturn[i.ID] {
			continue
		}
		o := &offer{intent: i, left: -1, from: always, until: never}
		if err := n.offerTerms(o); err != nil {
			n.breaks(i.ID, err)
			continue
		}
		if w, said := within[i.ID]; said {
			o.from, o.until = max(o.from, w[0]), min(o.until, w[1])
		}
		if o.left >= 0 {
			if over := n.firm.taken[i.ID] - o.left; over > 0 && n.firm.lastOf[i.ID] != nil {
				n.overPromised(n.firm.lastOf[i.ID], i.ID, over)
			}
			o.left = max(0, o.left-n.firm.taken[i.ID])
		}
		o.buffer = n.buffer(bufferKey{spec: i.ResourceConformsTo, stage: i.Stage, state: i.State, place: i.Place})
		n.offers = append(n.offers, o)
	}
	slices.SortFunc(n.offers, func(a, b *offer) int { return strings.Compare(string(a.intent.ID), string(b.intent.ID)) })
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

// seconds gives a duration in whole seconds, rounded up.
func (n *network) seconds(m vf.Measure) (int64, error) {
	if d, err := n.units.Dimension(m.HasUnit); err != nil || d != "time" {
		if err == nil {
			err = &vf.Error{Kind: vf.UnitMismatch, Values: []string{"unit", string(m.HasUnit), "dimension", d, "wanted", "a duration", "wantedDimension", "time"}}
		}
		return 0, err
	}
	r, err := n.secondsRat(m)
	if err != nil {
		return 0, err
	}
	q, rem := new(big.Int).DivMod(r.Num(), r.Denom(), new(big.Int))
	if rem.Sign() != 0 {
		q.Add(q, big.NewInt(1))
	}
	if q.Sign() < 0 || !q.IsInt64() || q.Int64() > never {
		return 0, &vf.Error{Kind: vf.NumberTooLarge, Values: []string{"value", m.String()}}
	}
	return q.Int64(), nil
}

func (n *network) secondsRat(m vf.Measure) (*big.Rat, error) {
	f, err := n.units.Base(m.HasUnit)
	if err != nil {
		return nil, err
	}
	return f.Mul(f, m.HasNumericalValue.Rat()), nil
}

// readNeeds reads the intents that have a receiver alone.
func (n *network) readNeeds(inReturn map[vf.ID]bool) {
	for _, i := range n.graph.Intents {
		if i.Receiver == "" || i.Provider != "" || i.Finished || !isMaterial(i) || inReturn[i.ID] {
			continue
		}
		d := &need{id: i.ID, intent: i, tier: i.Tier, due: needDue(i), latest: never}
		if d.due == never {
			n.breaksFor(i.ID, "it has no date; give `due`, the date by which it is wanted.")
			continue
		}
		if err := n.needTerms(d); err != nil {
			n.breaks(i.ID, err)
			continue
		}
		d.buffer = n.buffer(n.needKey(i))
		n.needs = append(n.needs, d)
	}
	n.needs = append(n.needs, n.firm.needs...)
	slices.SortFunc(n.needs, func(a, b *need) int { return strings.Compare(string(a.id), string(b.id)) })
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

func (n *network) needTerms(d *need) (err error) {
	i := d.intent
	if d.wanted, err = n.steps(i.ResourceConformsTo, i.ResourceQuantity, true); err != nil {
		return err
	}
	if d.wanted < 0 {
		return &vf.Error{Kind: vf.BadProperty, Values: []string{"property", "resourceQuantity", "value", i.ResourceQuantity.String(), "wanted", "a quantity of 0 or more"}}
	}
	if !i.LatestUseful.IsZero() {
		d.latest = i.LatestUseful.Unix()
	}
	d.promised = n.firm.promised[i.ID]
	d.done = n.firm.done[i.ID]
	d.qty = d.wanted - d.done
	d.promised = slices.DeleteFunc(slices.Clone(d.promised), func(p coverage) bool {
		if p.at > d.latest {
			d.tooLate = append(d.tooLate, p)
		}
		return p.at > d.latest
	})
	for _, p := range d.promised {
		d.qty -= p.qty
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

// readStock reads what is on hand. Non-substitutable things, and the part of a
// resource that is asked for by name, serve only those who name them.
func (n *network) readStock() {
	named, placed := map[vf.ID]int64{}, n.placed()
	for i := range n.needs {
		if only := n.buffers[n.needs[i].buffer].only; only != "" {
			named[only] = plus(named[only], n.needs[i].qty)
		}
	}
	for _, r := range n.graph.EconomicResources {
		spec := n.specs[r.ConformsTo]
		if spec == nil || spec.MediumOfExchange == vf.Yes || r.OnhandQuantity.IsZero() || r.ContainedIn != "" {
			continue
		}
		q, err := n.steps(r.ConformsTo, r.OnhandQuantity, false)
		if err != nil {
			n.breaks(r.ID, err)
			continue
		}
		q = max(0, q-n.firm.reserved[r.ID])
		k := bufferKey{spec: r.ConformsTo, stage: r.Stage, state: r.State}
		if placed[k.spec] {
			k.place = r.CurrentLocation
		}
		reserved := min(q, named[r.ID])
		if spec.Substitutable == vf.No {
			reserved = q
		}
		if reserved > 0 {
			n.supplies = append(n.supplies, supply{buffer: n.buffer(bufferKey{spec: r.ConformsTo, only: r.ID}), at: always, qty: reserved, id: r.ID})
		}
		if q > reserved {
			n.supplies = append(n.supplies, supply{buffer: n.buffer(k), at: always, qty: q - reserved, id: r.ID})
		}
	}
	n.supplies = append(n.supplies, n.firm.supplies...)
}

// placed lists the specifications of which some requirement, recipe or offer
// names a place: only for them does it matter where a resource is.
func (n *network) placed() map[vf.ID]bool {
	list := map[vf.ID]bool{}
	for i := range n.buffers {
		if n.buffers[i].place != "" {
			list[n.buffers[i].spec] = true
		}
	}
	return list
}

// index sorts the tables and builds the lists by buffer.
func (n *network) index() {
	b := len(n.buffers)
	n.unit, n.step = make([]vf.ID, b), make([]vf.Decimal, b)
	for i, k := range n.buffers {
		n.unit[i] = n.specUnit[k.spec]
		n.step[i], _ = n.units.Step(n.unit[i])
	}
	n.bySpec = map[vf.ID][]int32{}
	for i, k := range n.buffers {
		n.bySpec[k.spec] = append(n.bySpec[k.spec], int32(i))
	}
	n.givers = map[int32][]int32{}
	n.makersOf, n.users, n.offersOf, n.needsOf = make([][]int32, b), make([][]user, b), make([][]int32, b), make([][]int32, b)
	for i := range n.makers {
		m := &n.makers[i]
		if m.buffer >= 0 {
			n.makersOf[m.buffer] = append(n.makersOf[m.buffer], int32(i))
		}
		for j := range m.byproducts {
			if m.buffer < 0 {
				n.givers[m.byproducts[j].buffer] = append(n.givers[m.byproducts[j].buffer], int32(i))
			}
		}
		for j := range m.uses {
			n.users[m.uses[j].buffer] = append(n.users[m.uses[j].buffer], user{int32(i), int32(j)})
		}
	}
	for i := range n.makersOf {
		slices.SortStableFunc(n.makersOf[i], func(x, y int32) int {
			a, c := &n.makers[x], &n.makers[y]
			return cmp.Or(cmp.Compare(a.recipe.Preference, c.recipe.Preference), boolCompare(a.coDriven, c.coDriven), cmp.Compare(x, y))
		})
	}
	for i := range n.offers {
		n.offersOf[n.offers[i].buffer] = append(n.offersOf[n.offers[i].buffer], int32(i))
	}
	for i := range n.offersOf {
		slices.SortStableFunc(n.offersOf[i], n.betterOffer)
	}
	for i := range n.needs {
		n.needsOf[n.needs[i].buffer] = append(n.needsOf[n.needs[i].buffer], int32(i))
	}
	for i := range n.needsOf {
		slices.SortFunc(n.needsOf[i], func(x, y int32) int {
			a, c := n.needs[x], n.needs[y]
			return cmp.Or(cmp.Compare(max(a.due, n.now), max(c.due, n.now)), boolCompare(c.firm, a.firm), cmp.Compare(a.tier, c.tier), cmp.Compare(a.due, c.due), strings.Compare(string(a.id), string(c.id)))
		})
	}
	slices.SortFunc(n.supplies, func(x, y supply) int {
		return cmp.Or(cmp.Compare(x.buffer, y.buffer), cmp.Compare(x.at, y.at), strings.Compare(string(x.id), string(y.id)))
	})
	n.supplyOf = make([]span, b)
	for i, s := range n.supplies {
		if at := &n.supplyOf[s.buffer]; at.to == 0 {
			*at = span{int32(i), int32(i) + 1}
		} else {
			at.to++
		}
	}
}

// betterOffer orders offers: preference, then earlier, then larger, then id.
func (n *network) betterOffer(x, y int32) int {
	a, b := n.offers[x], n.offers[y]
	size := func(o *offer) int64 {
		if o.left < 0 {
			return never
		}
		return o.left
	}
	return cmp.Or(cmp.Compare(a.intent.Preference, b.intent.Preference),
		cmp.Compare(max(a.from, n.now), max(b.from, n.now)), cmp.Compare(size(b), size(a)), strings.Compare(string(a.intent.ID), string(b.intent.ID)))
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (n *network) setHorizon(s Settings) {
	last := n.now
	for i := range n.needs {
		last = max(last, n.needs[i].due)
	}
	if n.horizon = last + s.Horizon; s.Horizon == 0 {
		n.horizon = last + twoYears
	}
}
