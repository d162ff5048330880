package coordination

import (
	"slices"

	"commonweal/vf"
)

// Register is what decisions need of the books, found without going through them:
// memberships, charters, the tree of scopes, device keys, and what is published. It
// stands on another one as drafts do; the one below must not change meanwhile but
// by [Register.Merge]. It is not safe for concurrent use while it is changed.
type Register struct {
	below    *Register
	members  layer[vf.ID, []*vf.Membership] // by member
	within   layer[vf.ID, []*vf.Membership] // by scope, as it is written
	charters layer[vf.ID, []*charter]       // by scope, as it is written, by version
	parents  layer[vf.ID, vf.ID]
	keys     layer[vf.ID, []*vf.DeviceKey] // by whose they are
	named    layer[vf.ID, int]             // how many published records name it
	closing  layer[string, int]            // by role, how many clauses of charters of scopes narrow what it sees; "" of all
}

// charter is a charter ready for decisions.
type charter struct {
	record  *vf.Charter // nil of the default
	clauses []*Clause
	about   map[right][]*Clause
}

// right is what clauses are found by.
type right struct {
	role string
	verb Verb
}

// NewRegister returns an empty register.
func NewRegister() *Register { return &Register{} }

// Fork returns a register on top of this one.
func (g *Register) Fork() *Register {
	f := &Register{below: g}
	f.members.below, f.within.below, f.charters.below, f.parents.below = &g.members, &g.within, &g.charters, &g.parents
	f.keys.below, f.named.below, f.closing.below = &g.keys, &g.named, &g.closing
	return f
}

// Merge writes what changed here into the register below, and empties this one.
func (g *Register) Merge() {
	g.members.merge()
	g.within.merge()
	g.charters.merge()
	g.parents.merge()
	g.keys.merge()
	g.named.merge()
	g.closing.merge()
}

// Set takes a record in, in the place of what it was before: nil where it is new,
// and nil after where it is gone. record finds the records as they are then.
// Charters must have been read before ([ParseCharter]); a clause that cannot be
// read is left out.
func (g *Register) Set(before, after vf.Record, record func(vf.ID) vf.Record) {
	switch r := before.(type) {
	case *vf.Membership:
		remove(&g.members, r.Member, func(m *vf.Membership) bool { return m.ID == r.ID })
		remove(&g.within, r.InScopeOf, func(m *vf.Membership) bool { return m.ID == r.ID })
	case *vf.Charter:
		remove(&g.charters, r.InScopeOf, func(c *charter) bool { return c.record.ID == r.ID })
		g.countClosing(compile(r), -1)
	case *vf.DeviceKey:
		remove(&g.keys, r.KeyOf, func(k *vf.DeviceKey) bool { return k.ID == r.ID })
	case *vf.Agent:
		if r.PartOf != "" {
			g.parents.set(r.ID, "")
		}
	}
	switch r := after.(type) {
	case *vf.Membership:
		add(&g.members, r.Member, r)
		add(&g.within, r.InScopeOf, r)
	case *vf.Charter:
		c := compile(r)
		add(&g.charters, r.InScopeOf, c)
		list := g.charters.get(r.InScopeOf)
		slices.SortStableFunc(list, func(a, b *charter) int { return a.record.Version - b.record.Version })
		g.countClosing(c, 1)
	case *vf.DeviceKey:
		add(&g.keys, r.KeyOf, r)
	case *vf.Agent:
		if r.PartOf != "" {
			g.parents.set(r.ID, r.PartOf)
		}
	}
	g.publish(before, after, record)
}

// countClosing counts the clauses of a charter that say who sees less.
func (g *Register) countClosing(c *charter, by int) {
	for _, clause := range c.clauses {
		if clause.Not && clause.fitsVerb(See) {
			g.closing.set(clause.Role, g.closing.get(clause.Role)+by)
		}
	}
}

// compile reads a charter; clauses that cannot be read are left out.
func compile(r *vf.Charter) *charter {
	c := &charter{record: r}
	for _, text := range r.Clauses {
		if clause, err := ParseClause(text); err == nil {
			c.clauses = append(c.clauses, clause)
		}
	}
	c.sort()
	return c
}

func (c *charter) sort() {
	c.about = map[right][]*Clause{}
	for _, clause := range c.clauses {
		verbs := clause.Verbs
		if len(verbs) == 0 {
			verbs = allVerbs
		}
		for _, verb := range verbs {
			c.about[right{clause.Role, verb}] = append(c.about[right{clause.Role, verb}], clause)
		}
	}
}

var defaultCharter = compile(&vf.Charter{Name: "the default charter", Clauses: Default})

// add puts a value at the end of a list, which others may hold.
func add[V any](l *layer[vf.ID, []V], key vf.ID, v V) {
	l.set(key, append(slices.Clone(l.get(key)), v))
}

func remove[V any](l *layer[vf.ID, []V], key vf.ID, is func(V) bool) {
	l.set(key, slices.DeleteFunc(slices.Clone(l.get(key)), is))
}

// layer is a map with another one below it.
type layer[K comparable, V any] struct {
	below *layer[K, V]
	own   map[K]V
}

func (l *layer[K, V]) get(key K) V {
	for ; l != nil; l = l.below {
		if v, ok := l.own[key]; ok {
			return v
		}
	}
	var none V
	return none
}

func (l *layer[K, V]) set(key K, v V) {
	if l.own == nil {
		l.own = map[K]V{}
	}
	l.own[key] = v
}

func (l *layer[K, V]) merge() {
	if l.below.own == nil {
		l.below.own = l.own
	} else {
		for k, v := range l.own {
			l.below.own[k] = v
		}
	}
	l.own = nil
}
