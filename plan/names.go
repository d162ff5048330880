package plan

import (
	"cmp"
	"slices"
	"strings"

	"commonweal/vf"
)

// names gives each order its id: the recipe (or offer), the end, and the number
// among equals.
func (w *reporter) names() {
	o := &w.p.orders
	count := int(o.n)
	w.name, w.out, w.by = make([]vf.ID, count), make([]vf.ID, count), make([]vf.ID, len(w.p.byproducts))
	order := make([]int32, 0, count)
	for i := range int32(count) {
		if m := o.at(i).maker; m < 0 || w.n.makers[m].shared < 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(x, y int32) int {
		return cmp.Or(strings.Compare(string(w.source(x)), string(w.source(y))), cmp.Compare(o.at(x).end, o.at(y).end), o.compareEquals(x, y))
	})
	number := 0
	for k, i := range order {
		if k > 0 && w.source(order[k-1]) == w.source(i) && o.at(order[k-1]).end == o.at(i).end {
			number++
		} else {
			number = 1
		}
		w.name[i] = stepName(w.source(i), o.at(i).end, number)
	}
	for i := range int32(count) {
		if m := o.at(i).maker; m >= 0 && w.n.makers[m].shared >= 0 {
			w.name[i] = w.name[w.p.sharedOf[i]]
		}
	}
	for i := range int32(count) {
		w.out[i] = w.name[i]
		if m := o.at(i).maker; m >= 0 && w.n.makers[m].out != nil {
			w.out[i] = w.flowID(w.name[i], w.n.makers[m].out)
		}
	}
	for k, y := range w.p.byproducts {
		w.by[k] = w.flowID(w.name[y.order], w.n.makers[o.at(y.order).maker].byproducts[y.use].flow)
	}
}

// source is the recipe or the offer that an order is of.
func (w *reporter) source(order int32) vf.ID { return w.n.sourceID(w.p.orders.at(order).maker) }

// nameOf is the id of the process, or the taking, that an order is. In a plain part
// no two orders are of one source and end, so that it is known at once; else all
// orders of the part are named, once.
func (w *reporter) nameOf(order int32) vf.ID {
	if w.name == nil && w.p.over != nil {
		return stepName(w.source(order), w.p.orders.at(order).end, 1)
	}
	if w.name == nil {
		w.names()
	}
	return w.name[order]
}

// outOf is the flow that gives the main output of an order.
func (w *reporter) outOf(order int32) vf.ID {
	name := w.nameOf(order)
	if w.out != nil {
		return w.out[order]
	}
	if m := w.p.orders.at(order).maker; m >= 0 && w.n.makers[m].out != nil {
		return w.flowID(name, w.n.makers[m].out)
	}
	return name
}

// byOf is the flow of a by-product.
func (w *reporter) byOf(k int32) vf.ID {
	if w.by == nil {
		w.names()
	}
	return w.by[k]
}

// flowID names a flow of a proposed process after the recipe flow it follows.
func (w *reporter) flowID(process vf.ID, f *vf.RecipeFlow) vf.ID {
	if w.n.longFlow[f] {
		return process + "/" + f.ID
	}
	return process + "/" + vf.ID(f.ID.Last())
}
