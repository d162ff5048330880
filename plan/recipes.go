package plan

import (
	"slices"
	"strings"

	"commonweal/vf"
)

// recipeFlows is a recipe process with its flows, sorted by id.
type recipeFlows struct {
	recipe  *vf.RecipeProcess
	ins     []*vf.RecipeFlow
	outs    []*vf.RecipeFlow
	primary vf.ID // the specification that a Recipe names as its primary output
}

// readRecipes makes a maker for each output that can drive a recipe process.
func (n *network) readRecipes(recipes []recipeFlows) {
	n.makers = make([]maker, 0, len(recipes))
	lasts := map[string]*vf.RecipeFlow{}
	for i := range recipes {
		r := &recipes[i]
		n.noteLong(r, lasts)
		mark := len(n.makers)
		if err := n.readRecipe(r); err != nil {
			n.makers = n.makers[:mark]
			n.breaks(r.recipe.ID, err)
		}
	}
}

// gatherRecipes brings the recipe processes and their flows together, sorted by
// id: all lists of flows lie in one piece of memory, recipe after recipe.
func gatherRecipes(g *vf.Graph) []recipeFlows {
	sorted := slices.Clone(g.RecipeProcesses)
	slices.SortFunc(sorted, func(a, b *vf.RecipeProcess) int { return strings.Compare(string(a.ID), string(b.ID)) })
	recipes := make([]recipeFlows, len(sorted))
	at := make(map[vf.ID]int32, len(recipes))
	for i, r := range sorted {
		recipes[i].recipe = r
		at[r.ID] = int32(i)
	}
	for _, r := range g.Recipes {
		for _, id := range r.RecipeIncludes {
			if i, ok := at[id]; ok && r.PrimaryOutput != "" {
				recipes[i].primary = r.PrimaryOutput
			}
		}
	}
	addFlows(recipes, at, g.RecipeFlows)
	return recipes
}

// addFlows gives the recipes their inputs and outputs, each sorted by id.
func addFlows(recipes []recipeFlows, at map[vf.ID]int32, flows []*vf.RecipeFlow) {
	input, output := make([]int32, len(flows)), make([]int32, len(flows)) // 1 + the recipe, 0 if none
	ends := make([]int32, 2*len(recipes)+1)                               // behind the inputs and the outputs of each
	find := finder(at)
	for k, f := range flows {
		if input[k] = find(f.RecipeInputOf); input[k] > 0 {
			ends[2*input[k]-1]++
		}
		if output[k] = find(f.RecipeOutputOf); output[k] > 0 {
			ends[2*output[k]]++
		}
	}
	for i := range ends[1:] {
		ends[i+1] += ends[i]
	}
	list := make([]*vf.RecipeFlow, ends[len(ends)-1])
	for i := range recipes {
		a, b, c := ends[2*i], ends[2*i+1], ends[2*i+2]
		recipes[i].ins, recipes[i].outs = list[a:a:b], list[b:b:c]
	}
	for k, f := range flows {
		if i := input[k] - 1; i >= 0 {
			recipes[i].ins = append(recipes[i].ins, f)
		}
		if i := output[k] - 1; i >= 0 {
			recipes[i].outs = append(recipes[i].outs, f)
		}
	}
	byID := func(a, b *vf.RecipeFlow) int { return strings.Compare(string(a.ID), string(b.ID)) }
	for i := range recipes {
		slices.SortFunc(recipes[i].ins, byID)
		slices.SortFunc(recipes[i].outs, byID)
	}
}

// finder looks ids up: 1 + the number, 0 if there is none. The flows of a recipe
// mostly stand together, so it remembers the last one.
func finder(at map[vf.ID]int32) func(vf.ID) int32 {
	lastID, last := vf.ID(""), int32(0)
	return func(id vf.ID) int32 {
		if id == "" {
			return 0
		}
		if id != lastID {
			i, ok := at[id]
			if lastID, last = id, 0; ok {
				last = i + 1
			}
		}
		return last
	}
}

// noteLong finds the flows of a recipe whose ids do not differ in their last part;
// seen is room to work in.
func (n *network) noteLong(r *recipeFlows, seen map[string]*vf.RecipeFlow) {
	clear(seen)
	for _, list := range [][]*vf.RecipeFlow{r.ins, r.outs} {
		for _, f := range list {
			last := f.ID.Last()
			if other := seen[last]; other != nil {
				n.longFlow[f], n.longFlow[other] = true, true
			}
			seen[last] = f
		}
	}
}

// outStage is the stage of what a flow puts out: its own, else that of the process.
func outStage(r *vf.RecipeProcess, f *vf.RecipeFlow) vf.ID {
	if f.Stage != "" || f.Action.Effects() == nil || f.Action.Effects().Stage != vf.Update {
		return f.Stage
	}
	return r.ProcessConformsTo
}

// moves reports whether a flow takes from or gives to a buffer.
func moves(f *vf.RecipeFlow) bool {
	return f.Action != vf.Work && f.Action != vf.Use && f.Action != vf.Cite
}

func (n *network) readRecipe(r *recipeFlows) error {
	var pairs, unpaired []*vf.RecipeFlow
	var pairOf map[*vf.RecipeFlow]*vf.RecipeFlow
	for _, o := range r.outs {
		if in := r.partner(o, pairOf); in != nil {
			if pairOf == nil {
				pairOf = map[*vf.RecipeFlow]*vf.RecipeFlow{}
			}
			pairOf[o], pairOf[in] = in, o
			pairs = append(pairs, o)
		}
	}
	if unpaired = r.ins; pairOf != nil {
		unpaired = slices.DeleteFunc(slices.Clone(r.ins), func(f *vf.RecipeFlow) bool { return pairOf[f] != nil })
	}
	if len(pairs) > 0 {
		return n.readPairs(r, pairs, unpaired, pairOf)
	}
	for i, o := range r.drivers() {
		m, err := n.newMaker(r.recipe, o)
		if err != nil {
			return err
		}
		m.coDriven = i > 0
		out, err := n.outSteps(r.recipe, o)
		if err != nil {
			return err
		}
		if m.scale, err = n.ratioOf(whole(1).over(out)); err != nil {
			return err
		}
		if err := n.lotsOf(&m, r.recipe, r.drivers()[0], out); err != nil {
			return err
		}
		if err := n.timeOf(&m, r, o, out); err != nil {
			return err
		}
		m.uses = make([]use, 0, len(unpaired))
		for _, f := range unpaired {
			if err := n.addUse(&m, f, out); err != nil {
				return err
			}
		}
		for _, f := range r.outs {
			if f == o {
				continue
			}
			if err := n.addOutput(&m, r.recipe, f, out); err != nil {
				return err
			}
		}
		n.makers = append(n.makers, m)
	}
	return nil
}

// partner finds the input that passes through to an output.
func (r *recipeFlows) partner(o *vf.RecipeFlow, taken map[*vf.RecipeFlow]*vf.RecipeFlow) *vf.RecipeFlow {
	row := o.Action.Effects()
	if row == nil || row.PairsWith == "" || !o.Action.IsOutput() {
		return nil
	}
	for _, in := range r.ins {
		if taken[in] == nil && in.Action == row.PairsWith && in.ResourceConformsTo == o.ResourceConformsTo {
			return in
		}
	}
	return nil
}

// drivers are the outputs for which the recipe is carried out: the primary
// output where a Recipe names it, else whatever it produces, else the services.
func (r *recipeFlows) drivers() []*vf.RecipeFlow {
	var things, services, primary []*vf.RecipeFlow
	for _, o := range r.outs {
		switch {
		case o.PerBatch:
		case o.Action == vf.DeliverService:
			services = append(services, o)
		default:
			things = append(things, o)
		}
	}
	if len(things) == 0 {
		things = services
	}
	for _, o := range things {
		if o.ResourceConformsTo == r.primary {
			primary = append(primary, o)
		}
	}
	if len(primary) > 0 {
		return primary
	}
	return things
}

// newMaker reads what holds for the recipe process as a whole.
func (n *network) newMaker(r *vf.RecipeProcess, o *vf.RecipeFlow) (maker, error) {
	m := maker{recipe: r, out: o, shared: -1, from: always, until: never, perUnit: ratio{0, 1}, carried: one}
	m.buffer = n.buffer(bufferKey{spec: o.ResourceConformsTo, stage: outStage(r, o), state: o.State, place: o.Place})
	var err error
	if !r.HasDuration.IsZero() {
		if m.fixed, err = n.wholeSeconds(r.HasDuration); err != nil {
			return m, err
		}
	}
	if !r.SetUp.IsZero() {
		d, err := n.wholeSeconds(r.SetUp)
		if err != nil {
			return m, err
		}
		m.fixed = plus(m.fixed, d)
	}
	unit := n.specUnit[o.ResourceConformsTo]
	step, err := n.units.Step(unit)
	if err != nil {
		return m, err
	}
	if !r.DurationPerUnit.IsZero() {
		if _, err = n.seconds(r.DurationPerUnit); err != nil {
			return m, err
		}
		base, _ := n.secondsRat(r.DurationPerUnit)
		if m.perUnit, err = n.ratioOf(fractionOf(base).times(decimal(step))); err != nil {
			return m, err
		}
	}
	if !r.ValidFrom.IsZero() {
		m.from = r.ValidFrom.Unix()
	}
	if !r.ValidUntil.IsZero() {
		m.until = r.ValidUntil.Unix()
	}
	return m, nil
}

// lotsOf reads the lot rules, which are in terms of the first output; for another
// output that drives, of which one run gives `out` steps, they are turned into it.
func (n *network) lotsOf(m *maker, r *vf.RecipeProcess, first *vf.RecipeFlow, out fraction) error {
	if r.LeastBatch.IsZero() && r.BatchMultiple.IsZero() && r.LargestBatch.IsZero() {
		return nil
	}
	per, err := n.outSteps(r, first)
	if err != nil {
		return err
	}
	per = out.over(per)
	for _, l := range []struct {
		to *int64
		m  vf.Measure
		up bool
	}{{&m.least, r.LeastBatch, true}, {&m.multiple, r.BatchMultiple, true}, {&m.most, r.LargestBatch, false}} {
		if l.m.IsZero() {
			continue
		}
		q, err := n.steps(first.ResourceConformsTo, l.m, l.up)
		if err != nil {
			return err
		}
		turn, err := n.ratioOf(per)
		if err != nil {
			return err
		}
		round := turn.down
		if l.up {
			round = turn.up
		}
		ok := false
		if *l.to, ok = round(q); !ok || *l.to <= 0 {
			return &vf.Error{Kind: vf.BadProperty, Values: []string{"property", "leastBatch, batchMultiple or largestBatch", "value", l.m.String(), "wanted", "a lot of at least one step that fits"}}
		}
	}
	if m.most > 0 && (m.least > m.most || m.multiple > m.most) {
		return &vf.Error{Kind: vf.BadProperty, Values: []string{"property", "largestBatch", "value", r.LargestBatch.String(), "wanted", "no less than leastBatch and batchMultiple"}}
	}
	return nil
}

// timeOf turns the time for each unit of the first output into time for each
// step of the output that drives, where that is another one.
func (n *network) timeOf(m *maker, r *recipeFlows, o *vf.RecipeFlow, out fraction) error {
	first := r.drivers()[0]
	if m.perUnit.num == 0 || o == first {
		return nil
	}
	q, err := n.outSteps(r.recipe, first)
	if err != nil {
		return err
	}
	step, err := n.units.Step(n.specUnit[first.ResourceConformsTo])
	if err != nil {
		return err
	}
	base, err := n.secondsRat(r.recipe.DurationPerUnit)
	if err != nil {
		return err
	}
	m.perUnit, err = n.ratioOf(fractionOf(base).times(decimal(step)).times(q).over(out))
	return err
}

func (n *network) ratioOf(f fraction) (ratio, error) {
	if f.wide != nil || f.num < 0 {
		return ratio{}, &vf.Error{Kind: vf.NumberTooLarge, Values: []string{"value", f.rat().RatString()}}
	}
	return f.ratio, nil
}

// flowSteps is the quantity of a recipe flow in steps, not rounded.
func (n *network) flowSteps(f *vf.RecipeFlow) (fraction, error) {
	q := f.ResourceQuantity
	if q.IsZero() {
		return fraction{}, &vf.Error{Kind: vf.BadProperty, Values: []string{"property", "resourceQuantity", "value", "nothing", "wanted", "a quantity on the flow " + string(f.ID)}}
	}
	to, ok := n.specUnit[f.ResourceConformsTo]
	if !ok {
		return fraction{}, unknownSpec(f.ResourceConformsTo)
	}
	step, err := n.units.Step(to)
	if err != nil {
		return fraction{}, err
	}
	if q.HasUnit == to {
		if k, fits, err := q.HasNumericalValue.Steps(step); err == nil && fits {
			return whole(k), nil
		}
	}
	factor, err := n.units.Factor(q.HasUnit, to)
	if err != nil {
		return fraction{}, err
	}
	return fractionOf(factor).times(decimal(q.HasNumericalValue)).over(decimal(step)), nil
}

// outSteps is what one run of the recipe gives of an output, in steps.
func (n *network) outSteps(r *vf.RecipeProcess, o *vf.RecipeFlow) (fraction, error) {
	q, err := n.flowSteps(o)
	if err != nil {
		return fraction{}, err
	}
	if r.Yield != nil {
		q = q.times(decimal(*r.Yield))
	}
	if q.sign() <= 0 {
		return fraction{}, &vf.Error{Kind: vf.BadProperty, Values: []string{"property", "resourceQuantity", "value", o.ResourceQuantity.String(), "wanted", "an output over 0 on the flow " + string(o.ID)}}
	}
	return q, nil
}

// addUse adds an input; `per` is the output (or what is carried) that its
// quantity goes with, in steps.
func (n *network) addUse(m *maker, f *vf.RecipeFlow, per fraction) error {
	if !moves(f) {
		m.others = append(m.others, f)
		return nil
	}
	q, err := n.flowSteps(f)
	if err != nil {
		return err
	}
	u := use{buffer: n.buffer(bufferKey{spec: f.ResourceConformsTo, stage: f.Stage, state: f.State, place: f.Place}), perBatch: f.PerBatch, flow: f}
	if !f.PerBatch {
		q = q.over(per)
	}
	if u.amount, err = n.ratioOf(q); err != nil || u.amount.num == 0 {
		return err
	}
	m.usesOwnOutput = m.usesOwnOutput || u.buffer == m.buffer
	m.uses = append(m.uses, u)
	return nil
}

// addOutput adds an output that does not drive: a by-product, or a service.
func (n *network) addOutput(m *maker, r *vf.RecipeProcess, f *vf.RecipeFlow, per fraction) error {
	if f.Action == vf.DeliverService || !moves(f) {
		m.others = append(m.others, f)
		return nil
	}
	q, err := n.outSteps(r, f)
	if err != nil {
		return err
	}
	u := use{buffer: n.buffer(bufferKey{spec: f.ResourceConformsTo, stage: outStage(r, f), state: f.State, place: f.Place}), perBatch: f.PerBatch, flow: f}
	if !f.PerBatch {
		q = q.over(per)
	}
	if u.amount, err = n.ratioOf(q); err != nil {
		return err
	}
	m.byproducts = append(m.byproducts, u)
	return nil
}

// lastStages finds, for each specification made at some stage, the stage that a
// need which names none wants: the last that the recipes lead to. Where there are
// several, the one of the preferred recipe, then the least id.
func (n *network) lastStages() map[vf.ID]vf.ID {
	staged, passedOn := map[vf.ID]bool{}, map[bufferKey]bool{}
	for i := range n.makers {
		m := &n.makers[i]
		if m.buffer < 0 {
			continue
		}
		k := n.buffers[m.buffer]
		staged[k.spec] = staged[k.spec] || k.stage != ""
		for _, u := range m.uses {
			if from := n.buffers[u.buffer]; from.spec == k.spec && from.stage != k.stage {
				passedOn[bufferKey{spec: k.spec, stage: from.stage}] = true
			}
		}
	}
	type choice struct {
		stage      vf.ID
		preference int
	}
	best := map[vf.ID]choice{}
	for i := range n.makers {
		m := &n.makers[i]
		if m.buffer < 0 || !staged[n.buffers[m.buffer].spec] {
			continue
		}
		k := n.buffers[m.buffer]
		c := choice{k.stage, m.recipe.Preference}
		if passedOn[bufferKey{spec: k.spec, stage: k.stage}] {
			continue
		}
		if b, ok := best[k.spec]; !ok || c.preference < b.preference || c.preference == b.preference && c.stage < b.stage {
			best[k.spec] = c
		}
	}
	last := make(map[vf.ID]vf.ID, len(best))
	for spec, c := range best {
		last[spec] = c.stage
	}
	return last
}
