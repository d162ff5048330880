package ledger

import (
	"math/big"

	"commonweal/vf"
)

// Rate says what so much of a kind of thing or work amounts to: 3 kg of carbon
// dioxide for 1 litre of diesel, 15 USD for an hour of spinning.
type Rate struct {
	For     vf.Measure
	Amounts vf.Measure
}

// Rolled is what came together in something.
type Rolled struct {
	Quantity vf.Measure // how much of it was rolled up
	Total    vf.Measure
	PerUnit  vf.Measure // for one unit of the quantity; unsaid if there is none of it
}

// Labour rolls up the hours, or other units of time, of all work that went into
// an event or into what is on hand of a resource.
func (s *State) Labour(id, unit vf.ID) (Rolled, error) {
	return s.rollup(id, unit, func(h *history, i int) (*big.Rat, error) {
		if h.events[i].Action != vf.Work {
			return nil, nil
		}
		return h.in(h.kept[i].Effort, unit)
	})
}

// Rollup rolls up rates: cost, labour value or footprint in a unit. A rate of a
// specification counts where the thing enters the history: at work, use and
// cite, and at events that have no source themselves, such as a raise or a
// purchase. What flows on from there carries it along, a mixture its weighted
// average.
func (s *State) Rollup(id, unit vf.ID, rates map[vf.ID]Rate) (Rolled, error) {
	return s.rollup(id, unit, func(h *history, i int) (*big.Rat, error) {
		ev := h.events[i]
		rate, ok := rates[h.specification(ev)]
		switch {
		case !ok:
			return nil, nil
		case ev.Action != vf.Work && ev.Action != vf.Use && ev.Action != vf.Cite && len(h.sources(i)) > 0:
			return nil, nil
		}
		m := h.kept[i].Effort
		if m.IsZero() || sameDimension(h.units, rate.For.HasUnit, h.kept[i].Resource.HasUnit) {
			m = h.kept[i].Resource
		}
		amount, err := h.in(m, rate.For.HasUnit)
		if err != nil {
			return nil, err
		}
		each, err := h.in(rate.Amounts, unit)
		if err != nil {
			return nil, err
		}
		return amount.Mul(amount, part(each, rate.For.HasNumericalValue.Rat())), nil
	})
}

func sameDimension(units *vf.Units, a, b vf.ID) bool {
	_, err := units.Factor(a, b)
	return err == nil
}

// in converts a measure exactly.
func (h *history) in(m vf.Measure, unit vf.ID) (*big.Rat, error) {
	if m.IsZero() {
		return new(big.Rat), nil
	}
	factor, err := h.units.Factor(m.HasUnit, unit)
	if err != nil {
		return nil, refusal(err)
	}
	return factor.Mul(factor, m.HasNumericalValue.Rat()), nil
}

func (h *history) specification(ev *vf.EconomicEvent) vf.ID {
	if ev.ResourceConformsTo != "" {
		return ev.ResourceConformsTo
	}
	for _, id := range []vf.ID{ev.ResourceInventoriedAs, ev.ToResourceInventoriedAs} {
		if r := h.resource(id); r != nil {
			return r.ConformsTo
		}
	}
	return ""
}

// rollup sums amounts of events by their shares, exactly, and rounds once.
func (s *State) rollup(id, unit vf.ID, amount func(h *history, i int) (*big.Rat, error)) (Rolled, error) {
	h, err := newHistory(s.laidOut(), nil)
	if err != nil {
		return Rolled{}, err
	}
	shares, quantity, err := h.trace(id)
	if err != nil {
		return Rolled{}, err
	}
	total := new(big.Rat)
	for i, share := range shares {
		if share == nil || share.Sign() == 0 {
			continue
		}
		a, err := amount(h, i)
		if err != nil {
			return Rolled{}, err
		}
		if a != nil {
			total.Add(total, a.Mul(a, share))
		}
	}
	if h.err != nil {
		return Rolled{}, h.err
	}
	rolled := Rolled{Quantity: quantity}
	of := vf.Measure{HasNumericalValue: vf.Whole(1), HasUnit: unit}
	if rolled.Total, err = h.round(total, of); err != nil {
		return Rolled{}, err
	}
	if quantity.HasNumericalValue.Sign() > 0 {
		if rolled.PerUnit, err = h.round(part(total, quantity.HasNumericalValue.Rat()), of); err != nil {
			return Rolled{}, err
		}
	}
	return rolled, nil
}
