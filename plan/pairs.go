package plan

import (
	"slices"

	"commonweal/vf"
)

// readPairs reads a recipe that passes things through: a maker for each pair,
// and one for what the pairs share (the trip, the day in the workshop).
func (n *network) readPairs(r *recipeFlows, pairs, unpaired []*vf.RecipeFlow, pairOf map[*vf.RecipeFlow]*vf.RecipeFlow) error {
	rest := slices.DeleteFunc(slices.Clone(r.outs), func(o *vf.RecipeFlow) bool { return pairOf[o] != nil })
	shared := int32(-1)
	unit := n.carriedUnit(pairs, unpaired, rest)
	if r.recipe.DurationPerUnit.IsZero() {
		m, err := n.newMaker(r.recipe, pairs[0])
		if err != nil {
			return err
		}
		m.buffer, m.out, m.least, m.multiple, m.most = -1, nil, 0, 0, 0
		if err := n.addShared(&m, r.recipe, unpaired, rest, unit); err != nil {
			return err
		}
		shared = int32(len(n.makers))
		n.makers = append(n.makers, m)
	}
	for _, o := range pairs {
		m, err := n.newMaker(r.recipe, o)
		if err != nil {
			return err
		}
		out, err := n.outSteps(r.recipe, o)
		if err != nil {
			return err
		}
		m.pairIn, m.shared = pairOf[o], shared
		if err := n.lotsOf(&m, r.recipe, o, out); err != nil {
			return err
		}
		if m.scale, err = n.ratioOf(whole(1).over(out)); err != nil {
			return err
		}
		if err := n.addUse(&m, pairOf[o], out); err != nil {
			return err
		}
		in, err := n.flowSteps(pairOf[o])
		if err != nil {
			return err
		}
		if m.carried, err = n.carriedPerStep(pairOf[o].ResourceConformsTo, in.over(out), unit); err != nil {
			return err
		}
		if shared < 0 {
			if err := n.addAlone(&m, r.recipe, unpaired, rest, unit); err != nil {
				return err
			}
		}
		n.makers = append(n.makers, m)
	}
	return nil
}

// carriedUnit is the unit in which what is carried is summed up: that of the
// first unpaired flow that goes with it, else that of the first pair.
func (n *network) carriedUnit(pairs, unpaired, rest []*vf.RecipeFlow) vf.ID {
	for _, f := range slices.Concat(unpaired, rest) {
		if !f.PerBatch && moves(f) && !f.ResourceQuantity.IsZero() {
			return f.ResourceQuantity.HasUnit
		}
	}
	return n.specUnit[pairs[0].ResourceConformsTo]
}

// carriedPerStep turns steps taken of a specification into steps carried.
func (n *network) carriedPerStep(spec vf.ID, in fraction, unit vf.ID) (ratio, error) {
	factor, err := n.units.Factor(n.specUnit[spec], unit)
	if err != nil {
		return ratio{}, err
	}
	from, err := n.units.Step(n.specUnit[spec])
	if err != nil {
		return ratio{}, err
	}
	to, err := n.units.Step(unit)
	if err != nil {
		return ratio{}, err
	}
	return n.ratioOf(fractionOf(factor).times(in).times(decimal(from)).over(decimal(to)))
}

// carriedOf is how many steps carried one unit of a flow's own unit is.
func (n *network) carriedOf(f *vf.RecipeFlow, unit vf.ID) (fraction, error) {
	if f.PerBatch || !moves(f) || f.ResourceQuantity.IsZero() {
		return whole(1), nil
	}
	factor, err := n.units.Factor(f.ResourceQuantity.HasUnit, unit)
	if err != nil {
		return fraction{}, err
	}
	step, err := n.units.Step(unit)
	if err != nil {
		return fraction{}, err
	}
	return fractionOf(factor).over(decimal(step)), nil
}

// addShared adds the unpaired flows to the shared part of a recipe with pairs.
func (n *network) addShared(m *maker, r *vf.RecipeProcess, unpaired, rest []*vf.RecipeFlow, unit vf.ID) error {
	for _, f := range unpaired {
		per, err := n.carriedOf(f, unit)
		if err != nil {
			return err
		}
		if err := n.addUse(m, f, per); err != nil {
			return err
		}
	}
	for _, f := range rest {
		per, err := n.carriedOf(f, unit)
		if err != nil {
			return err
		}
		if err := n.addOutput(m, r, f, per); err != nil {
			return err
		}
	}
	step, err := n.units.Step(unit)
	if err != nil {
		return err
	}
	m.scale, err = n.ratioOf(decimal(step))
	return err
}

// addAlone adds the unpaired flows to a pair that shares its process with no
// other, since its duration depends on its quantity.
func (n *network) addAlone(m *maker, r *vf.RecipeProcess, unpaired, rest []*vf.RecipeFlow, unit vf.ID) error {
	carried := fraction{ratio: m.carried}
	if carried.num == 0 {
		return &vf.Error{Kind: vf.BadProperty, Values: []string{"property", "resourceQuantity", "value", m.pairIn.ResourceQuantity.String(), "wanted", "a quantity over 0 on the flow " + string(m.pairIn.ID)}}
	}
	for _, f := range slices.Concat(unpaired, rest) {
		per, err := n.carriedOf(f, unit)
		if err != nil {
			return err
		}
		per = per.over(carried)
		if f.RecipeInputOf == r.ID {
			err = n.addUse(m, f, per)
		} else {
			err = n.addOutput(m, r, f, per)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
