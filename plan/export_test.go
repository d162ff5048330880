package plan

import (
	"fmt"
	"slices"
	"strings"

	"commonweal/vf"
)

// Tables is a network for tests outside the package.
type Tables struct{ n *network }

// ReadTables reads facts as New does.
func ReadTables(g *vf.Graph, s Settings) (*Tables, error) {
	n, err := read(g, s)
	return &Tables{n}, err
}

// Change takes changes in; it returns the buffers that it says are others, and
// "rest" where it says that Rest is another.
func (t *Tables) Change(changes ...FactChange) (buffers []string, ok bool) {
	c, ok := t.n.change(changes)
	for _, b := range c.buffers {
		buffers = append(buffers, t.name(b))
	}
	if c.texts || c.horizon {
		buffers = append(buffers, "rest")
	}
	return buffers, ok
}

// Clone is a copy that changes by itself.
func (t *Tables) Clone() *Tables { return &Tables{t.n.clone()} }

// Graph returns the facts as they are now.
func (t *Tables) Graph() *vf.Graph { return t.n.facts.Graph() }

func (t *Tables) name(b int32) string { return fmt.Sprintf("%q", t.n.buffers[b]) }

// Buffers tells what each buffer has that has anything.
func (t *Tables) Buffers() map[string]string {
	n, list := t.n, map[string]string{}
	for b := range int32(len(n.buffers)) {
		var text strings.Builder
		for _, i := range n.needsOf.get(b) {
			d := *n.needs.at(i)
			if d.buffer != b || d.gone {
				fmt.Fprintf(&text, "need %s stands in another buffer\n", d.id)
			}
			d.buffer = 0
			fmt.Fprintf(&text, "need %+v\n", d)
		}
		for _, i := range n.offersOf.get(b) {
			o := *n.offers[i]
			if o.buffer != b || o.gone {
				fmt.Fprintf(&text, "offer %s stands in another buffer\n", o.intent.ID)
			}
			o.buffer = 0
			fmt.Fprintf(&text, "offer %s %+v\n", o.intent.ID, o)
		}
		for i, to := n.suppliesOf(b); i < to; i++ {
			x := n.supplies[i]
			if x.buffer != b {
				fmt.Fprintf(&text, "supply %s stands in another buffer\n", x.id)
			}
			x.buffer = 0
			fmt.Fprintf(&text, "supply %+v\n", x)
		}
		if text.Len() > 0 {
			list[t.name(b)] = text.String()
		}
	}
	return list
}

// Rest tells what makes no sense, what is firm, with what it has of machines, and
// the horizon.
func (t *Tables) Rest() string {
	n := t.n
	var list []string
	for _, x := range n.brokenFacts() {
		list = append(list, fmt.Sprintf("%+v", x))
	}
	slices.Sort(list)
	for id, x := range n.firm.processes.all() {
		list = append(list, fmt.Sprintf("process %s %p", id, x))
	}
	for id, x := range n.firm.commitments.all() {
		list = append(list, fmt.Sprintf("commitment %s %p", id, x))
	}
	for id, x := range n.firm.open.all() {
		list = append(list, fmt.Sprintf("open %s %p", id, x))
	}
	return fmt.Sprintf("%s\nhorizon %d, furthest %d\n%+v", strings.Join(list, "\n"), n.horizon, n.furthest, n.firmLoads)
}

// Count counts the needs and offers that there are.
func (t *Tables) Count() (needs, offers int) {
	for _, d := range t.n.needs.all() {
		if !d.gone {
			needs++
		}
	}
	for _, o := range t.n.offers {
		if !o.gone {
			offers++
		}
	}
	return needs, offers
}
