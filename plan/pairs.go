package plan

import (
	"math/big"
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
		if m.scale, err = n.ratioOf(new(big.Rat).Inv(out)); err != nil {
			return err
		}
		if err := n.addUse(&m, pairOf[o], out); err != nil {
			return err
		}
		in, err := n.flowSteps(pairOf[o])
		if err != nil {
			return err
		}
		if m.carried, err = n.carriedPerStep(pairOf[o].ResourceConformsTo, in.Quo(in, out), unit); err != nil {
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
func (n *network) carriedPerStep(spec vf.ID, in *big.Rat, unit vf.ID) (ratio, error) {
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
	factor.Mul(factor, in)
	factor.Mul(factor, from.Rat())
	return n.ratioOf(factor.Quo(factor, to.Rat()))
}

// carriedOf is how many steps carried one unit of a flow's own unit is.
func (n *network) carriedOf(f *vf.RecipeFlow, unit vf.ID) (*big.Rat, error) {
	per := big.NewRat(1, 1)
	if f.PerBatch || !moves(f) || f.ResourceQuantity.IsZero() {
		return per, nil
	}
	factor, err := n.units.Factor(f.ResourceQuantity.HasUnit, unit)
	if err != nil {
		return nil, err
	}
	step, err := n.units.Step(unit)
	if err != nil {
		return nil, err
	}
	return factor.Quo(factor, step.Rat()), nil
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
	m.scale, err = n.ratioOf(step.Rat())
	return err
}

// addAlone adds the unpaired flows to a pair that shares its process with no
// other, since its duration depends on its quantity.
func (n *network) addAlone(m *maker, r *vf.RecipeProcess, unpaired, rest []*vf.RecipeFlow, unit vf.ID) error {
	perStep := new(big.Rat).Inv(big.NewRat(m.carried.num, m.carried.den))
	for _, f := range slices.Concat(unpaired, rest) {
		per, err := n.carriedOf(f, unit)
		if err != nil {
			return err
		}
		per.Mul(per, perStep)
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
