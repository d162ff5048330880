package plan

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"strings"

	"commonweal/vf"
)

// canon writes the canonical form of a plan into a hash: lengths and numbers as
// eight bytes, little end first, texts behind their length.
type canon struct {
	h   hash.Hash
	buf []byte
}

func (c *canon) number(n int64) {
	if len(c.buf) > 1<<15 {
		c.flush()
	}
	c.buf = binary.LittleEndian.AppendUint64(c.buf, uint64(n))
}

func (c *canon) text(s string) {
	c.number(int64(len(s)))
	c.buf = append(c.buf, s...)
}

func (c *canon) flush() {
	c.h.Write(c.buf)
	c.buf = c.buf[:0]
}

// Hash is the SHA-256 of the plan, figures aside, as 64 hexadecimal digits. The
// canonical form is: now; the buffers by key and unit; the makers by recipe and
// output, the offers, supplies and needs by id, with the records that the
// report shows fields of; then, part by part, every order, link and
// by-product with these numbers; what each need gets; and the problems' texts.
// All of them are sorted by id, so equal facts give equal hashes.
func (p *Plan) Hash() string {
	p = p.whole()
	n, c := p.net, &canon{h: sha256.New()}
	c.number(n.now)
	for b, k := range n.buffers {
		if !n.inUse(int32(b)) {
			continue // changes of facts may leave it behind
		}
		for _, s := range []string{string(k.spec), string(k.stage), k.state, string(k.place), string(k.only), string(n.unit[b]), n.step[b].String()} {
			c.text(s)
		}
	}
	for i := range n.makers {
		m := &n.makers[i]
		out := vf.ID("")
		if m.out != nil {
			out = m.out.ID
		}
		c.text(string(m.recipe.ID))
		c.text(string(out))
	}
	r := n.ranks()
	p.hashRecords(c, r)
	for _, i := range r.supplies {
		c.text(string(n.supplies[i].id))
		c.number(n.supplies[i].at)
		c.number(n.supplies[i].qty)
	}
	for _, x := range p.parts {
		if x.orders.n+x.links.n > 0 {
			x.hash(c, r)
		}
	}
	for _, i := range r.needs {
		c.text(string(n.needs.at(i).id))
		c.number(n.needs.at(i).wanted)
		c.number(n.needs.at(i).done)
		for _, parts := range [][]coverage{n.needs.at(i).promised, p.partOfNeed(i).covered(i)} {
			c.number(int64(len(parts)))
			for _, part := range parts {
				c.number(part.at)
				c.number(part.qty)
			}
		}
	}
	for _, x := range p.Problems() {
		c.text(x.Text)
	}
	c.flush()
	return hex.EncodeToString(c.h.Sum(nil))
}

// inUse reports whether there is anything about a buffer.
func (n *network) inUse(b int32) bool {
	return len(n.makersOf[b])+len(n.users[b])+len(n.needsOf.get(b))+len(n.offersOf.get(b)) > 0 || n.hasSupply(b)
}

// ranks are the live supplies, offers and needs in the order of reading anew, and
// the place of each in that order: changes of facts append, so numbers alone differ.
type ranks struct {
	supplies, offers, needs       []int32
	ofSupply, ofOffer, rankOfNeed []int32
}

func (n *network) ranks() *ranks {
	r := &ranks{ofSupply: make([]int32, len(n.supplies)), ofOffer: make([]int32, len(n.offers)), rankOfNeed: make([]int32, n.needs.len())}
	for b := range n.buffers {
		for i, to := n.suppliesOf(int32(b)); i < to; i++ {
			r.supplies = append(r.supplies, i)
		}
		r.offers = append(r.offers, n.offersOf.get(int32(b))...)
		r.needs = append(r.needs, n.needsOf.get(int32(b))...)
	}
	slices.SortFunc(r.offers, func(x, y int32) int {
		return strings.Compare(string(n.offers[x].intent.ID), string(n.offers[y].intent.ID))
	})
	slices.SortFunc(r.needs, func(x, y int32) int { return strings.Compare(string(n.needs.at(x).id), string(n.needs.at(y).id)) })
	for _, x := range []struct{ list, of []int32 }{{r.supplies, r.ofSupply}, {r.offers, r.ofOffer}, {r.needs, r.rankOfNeed}} {
		for k, i := range x.list {
			x.of[i] = int32(k)
		}
	}
	return r
}

// hash writes the orders, links and by-products of a part.
func (p *part) hash(c *canon, r *ranks) {
	n := p.net
	c.number(int64(p.orders.n))
	for _, x := range p.orders.all() {
		if x.maker < 0 {
			c.number(int64(^r.ofOffer[^x.maker]))
		} else {
			c.number(int64(x.maker))
		}
		c.number(x.begin)
		c.number(x.end)
		c.number(x.qty)
	}
	c.number(int64(p.links.n))
	for _, l := range p.links.all() {
		supply, consumer := l.supply, l.consumer
		if k := int(^supply); supply < 0 && k < p.base {
			supply = ^r.ofSupply[k]
		} else if supply < 0 {
			supply = ^int32(len(r.supplies) + k - p.base)
		}
		if consumer < 0 {
			consumer = ^r.rankOfNeed[^consumer]
		}
		c.number(int64(supply)<<32 | int64(uint32(consumer)))
		c.number(l.qty)
	}
	for i := range p.orders.n {
		if t, on := p.sharedOf[i]; on && p.orders.at(i).maker >= 0 && n.makers[p.orders.at(i).maker].shared >= 0 {
			c.number(int64(i)<<32 | int64(t))
		}
	}
	for _, y := range p.byproducts {
		c.number(int64(y.order)<<32 | int64(y.use))
		c.number(y.qty)
	}
}

// hashRecords writes the records that a report shows fields of.
func (p *Plan) hashRecords(c *canon, r *ranks) {
	n := p.net
	record := func(r vf.Record) {
		raw, err := vf.Encode(r)
		if err != nil { // a record that came in can be written
			raw = []byte(err.Error())
		}
		c.text(string(raw))
	}
	for i := range n.makers {
		m := &n.makers[i]
		record(m.recipe)
		for _, f := range m.others {
			record(f)
		}
		for _, list := range [][]use{m.uses, m.byproducts} {
			for _, u := range list {
				record(u.flow)
			}
		}
	}
	for _, i := range r.offers {
		record(n.offers[i].intent)
	}
	for _, i := range r.needs {
		if n.needs.at(i).intent != nil {
			record(n.needs.at(i).intent)
		}
	}
	for _, q := range n.firm.processes.all() {
		record(q)
	}
	for _, q := range n.firm.commitments.all() {
		record(q)
	}
	for _, q := range n.firm.open.all() {
		record(q)
	}
}
