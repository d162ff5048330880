package plan

import (
	"slices"
	"strings"

	"commonweal/vf"
)

// Needs returns what each need gets, by date, sorted by id: what a report says of
// needs but for where it comes from, at the cost of the needs alone.
func (p *Plan) Needs() []Need {
	list := make([]Need, 0, p.net.needs.len())
	for i, d := range p.net.needs.all() {
		if !d.firm {
			list = append(list, p.partOfNeed(i).need(i))
		}
	}
	slices.SortFunc(list, func(x, y Need) int { return strings.Compare(string(x.ID), string(y.ID)) })
	return list
}

// need says what a need gets, by date.
func (p *part) need(i int32) Need {
	n, d, s := p.net, p.net.needs.at(i), p.state(i)
	x := Need{ID: d.id, Plain: d.id, ResourceConformsTo: d.intent.ResourceConformsTo, Stage: n.buffers[d.buffer].stage, Receiver: d.intent.Receiver,
		Tier: d.tier, Wanted: n.measure(d.buffer, d.wanted), Due: vf.At(d.due), Coverage: []Coverage{}, State: s.state}
	if d.done > 0 {
		x.Delivered = n.measure(d.buffer, d.done)
	}
	for _, c := range s.parts {
		if k := len(x.Coverage) - 1; k >= 0 && x.Coverage[k].At == vf.At(c.at) {
			m, err := n.units.Sum(x.Coverage[k].ResourceQuantity, n.measure(d.buffer, c.qty))
			if err == nil {
				x.Coverage[k].ResourceQuantity = m
			}
			continue
		}
		x.Coverage = append(x.Coverage, Coverage{vf.At(c.at), n.measure(d.buffer, c.qty)})
	}
	return x
}
