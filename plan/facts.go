package plan

import (
	"cmp"
	"errors"
	"math/big"
	"slices"
	"strings"
	"sync"

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
	n := &network{graph: g, cloning: new(sync.Mutex), now: s.Now.Unix(), units: units,
		specs:    make(map[vf.ID]*vf.ResourceSpecification, len(g.ResourceSpecifications)),
		plain:    make(map[vf.ID]int32, len(g.ResourceSpecifications)),
		byKey:    map[bufferKey]int32{},
		brokenOf: map[int32][]Problem{},
		specUnit: make(map[vf.ID]vf.ID, len(g.ResourceSpecifications)),
	}
	var recipes []recipeFlows
	var wait sync.WaitGroup
	wait.Go(func() { recipes = gatherRecipes(g) }) // beside the rest, which it does not touch
	n.readNames()
	n.readMembers()
	look := n.group()
	n.readUnits()
	wait.Wait()
	n.readRecipes(recipes)
	n.last, n.placed = n.lastStages(), n.placedByRecipes()
	n.readProposals()
	n.readGroups(look)
	n.number()
	n.index()
	n.setHorizon(s)
	n.counted = int32(n.needs.len())
	n.readTimes(s)
	n.readCapacities()
	return n, nil
}

// readTimes works out when work goes on.
func (n *network) readTimes(s Settings) {
	var broken []Problem
	n.workTimes, broken = readWorkTimes(n.graph, s.Zone, n.now-aYear, n.workKnown()+aYear)
	n.broken = append(n.broken, broken...)
	for _, x := range broken {
		n.hourless = append(n.hourless, x.About)
	}
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
	for _, s := range n.graph.EconomicResources {
		if s.Parallel > 0 || s.Budget.HasUnit != "" || len(s.WorkTime) > 0 || s.Efficiency != nil {
			n.names[s.ID] = s.Name
		}
	}
	for _, s := range n.graph.SpatialThings {
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
	n.undeclared = map[vf.ID]vf.ID{}
	for _, s := range n.graph.ResourceSpecifications {
		n.specs[s.ID] = s
		if s.DefaultUnitOfResource != "" {
			n.specUnit[s.ID] = s.DefaultUnitOfResource
		} else {
			n.undeclared[s.ID] = ""
		}
	}
	if len(n.undeclared) == 0 {
		return
	}
	for _, f := range n.graph.RecipeFlows {
		if u, undeclared := n.undeclared[f.ResourceConformsTo]; undeclared {
			n.undeclared[f.ResourceConformsTo] = lesserUnit(u, f.ResourceQuantity)
		}
	}
	for spec := range n.undeclared {
		if u := n.occurring(spec); u != "" {
			n.specUnit[spec] = u
		}
	}
}

// occurring is the least unit in which a specification without default unit occurs.
func (n *network) occurring(spec vf.ID) vf.ID {
	u, k := n.undeclared[spec], n.groups.number[spec]
	for _, i := range n.groups.intents.get(k) {
		u = lesserUnit(lesserUnit(u, i.ResourceQuantity), i.AvailableQuantity)
	}
	for _, c := range n.groups.commitments.get(k) {
		u = lesserUnit(u, c.ResourceQuantity)
	}
	for _, r := range n.groups.resources.get(k) {
		u = lesserUnit(u, r.OnhandQuantity)
	}
	return u
}

// lesserUnit is u, or the unit of a measure where that is said and less.
func lesserUnit(u vf.ID, m vf.Measure) vf.ID {
	if !m.IsZero() && (u == "" || m.HasUnit < u) {
		return m.HasUnit
	}
	return u
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
func (n *network) breaks(about vf.ID, err error) { n.broken = append(n.broken, broken(about, err)) }

// broken is the problem of a record that makes no sense.
func broken(about vf.ID, err error) Problem { return brokenFor(about, reason(err)) }

// reason says in words why a record makes no sense.
func reason(err error) string {
	if r, ok := refusal(err).(*rule.Refusal); ok {
		return r.Sentence() + " " + r.Hint()
	}
	return err.Error()
}

func brokenFor(about vf.ID, why string) Problem {
	return Problem{Kind: "brokenData", About: about, Text: string(about) + " cannot be planned: " + why}
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
	n.makersOf, n.users = make([][]int32, b), make([][]user, b)
	n.offersOf, n.needsOf, n.supplyOf = newSheet[[]int32](b), newSheet[[]int32](b), newSheet[span](b)
	for i := range n.makers {
		m := &n.makers[i]
		m.fits = m.fitting()
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
	for i, o := range n.offers {
		list := n.offersOf.at(o.buffer)
		*list = append(*list, int32(i))
	}
	for i, d := range n.needs.all() {
		list := n.needsOf.at(d.buffer)
		*list = append(*list, i)
	}
	for i := range int32(b) {
		slices.SortFunc(n.offersOf.get(i), n.betterOffer)
		slices.SortFunc(n.needsOf.get(i), n.sooner)
	}
	slices.SortFunc(n.supplies, earlierSupply)
	for i, s := range n.supplies {
		if at := n.supplyOf.at(s.buffer); at.to == 0 {
			*at = span{int32(i), int32(i) + 1}
		} else {
			at.to++
		}
	}
}

// sooner orders the needs of a buffer: when they are to be met, then firm work, then
// tier, then due time, then id.
func (n *network) sooner(x, y int32) int {
	a, b := n.needs.at(x), n.needs.at(y)
	return cmp.Or(cmp.Compare(max(a.due, n.now), max(b.due, n.now)), cmp.Compare(a.rank, b.rank), cmp.Compare(a.tier, b.tier),
		cmp.Compare(a.due, b.due), compareIDs(a.id, b.id))
}

// earlierSupply orders supplies by buffer, then time, then id.
func earlierSupply(a, b supply) int {
	return cmp.Or(cmp.Compare(a.buffer, b.buffer), cmp.Compare(a.at, b.at), compareIDs(a.id, b.id))
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

// workKnown is until when it is worked out when work goes on: a year beyond the
// horizon, at most sixty from now.
func (n *network) workKnown() int64 { return min(n.horizon+aYear, n.now+60*aYear) }

// compareNeeds orders needs by id: those that were read at first have their numbers
// in that order, those that came later have not.
func (n *network) compareNeeds(x, y int32) int {
	if max(x, y) < n.counted {
		return cmp.Compare(x, y)
	}
	return strings.Compare(string(n.needs.at(x).id), string(n.needs.at(y).id))
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
	if n.after = s.Horizon; s.Horizon == 0 {
		n.after = twoYears
	}
	n.dues = lastDue{at: n.now}
	for _, d := range n.needs.all() {
		n.dues.add(d)
	}
	n.horizon = n.dues.at + n.after
}

// lastDue is the last due time, at least now, and how many needs are due then.
type lastDue struct {
	at    int64
	count int
}

func (l *lastDue) add(d *need) {
	switch {
	case d.gone:
	case d.due > l.at:
		*l = lastDue{d.due, 1}
	case d.due == l.at:
		l.count++
	}
}
