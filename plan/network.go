package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"commonweal/vf"
)

// never is later than every date; always is earlier.
const (
	never  = int64(1) << 61
	always = -never
)

// Settings are what a plan depends on beside the facts.
type Settings struct {
	Now        vf.Time // nothing may begin before; required
	Horizon    int64   // seconds after the last due time until which lateness is looked for; 0: two years
	Strict     bool    // needs of one tier that cannot all be met are served by due time, then id; else they share
	MostOrders int     // needs that would take a part of the plan beyond so many orders are left out; 0: 60 million

	Zone func(name string) (*time.Location, error) // finds the time zones that work time names; nil knows only UTC
}

const (
	aYear    = 366 * 86400
	twoYears = 2 * 366 * 86400
)

// bufferKey says what a buffer holds.
type bufferKey struct {
	spec, stage vf.ID
	state       string
	place       vf.ID
	only        vf.ID // the one resource asked for by name, else ""
}

func (k bufferKey) compare(o bufferKey) int {
	if k.spec != o.spec { // nearly always, and quicker than the rest
		return strings.Compare(string(k.spec), string(o.spec))
	}
	return cmp.Or(strings.Compare(string(k.stage), string(o.stage)), strings.Compare(k.state, o.state),
		strings.Compare(string(k.place), string(o.place)), strings.Compare(string(k.only), string(o.only)))
}

// maker is a recipe process seen from the output that drives it; or the shared
// part of a recipe with paired flows (buffer -1), whose quantity is what is carried.
type maker struct {
	recipe        *vf.RecipeProcess
	out           *vf.RecipeFlow // nil for a shared part
	buffer        int32
	shared        int32 // for a pair: the maker of the shared part, else -1
	carried       ratio // for a pair: steps carried for each step of output
	fixed         int64 // seconds
	perUnit       ratio // seconds for each step; num 0 if none
	least         int64 // lot rules in steps, 0 if none
	multiple      int64
	most          int64
	from, until   int64 // in force for processes that begin in [from, until)
	scale         ratio // runs of the recipe for each step of output
	uses          []use
	byproducts    []use // per step of output, rounded down
	others        []*vf.RecipeFlow
	pairIn        *vf.RecipeFlow
	coDriven      bool // one of several outputs that may drive the recipe, not the first
	usesOwnOutput bool
	fits          int64     // of more steps at once it would take, or put out, more than numbers hold
	claims        []claim   // of machines, places, work and limits
	cal           *calendar // when it can be worked on; nil: always
	cal2          *calendar // the same with the preferred machines: what netting takes it to be
	slow          ratio     // seconds for each second of the recipe on those
	earliest      int64     // no new process begins before
}

// use is what a maker takes from (or gives to) a buffer for each step it puts out.
type use struct {
	buffer   int32
	perBatch bool
	amount   ratio // steps for each step of output; steps for each process if perBatch
	flow     *vf.RecipeFlow
	wait     int64 // seconds after the end until a by-product can be taken
	late     bool  // a by-product that what comes before it in the order cannot count on
}

func (u use) of(q int64) (int64, bool) {
	if u.perBatch {
		return u.amount.up(1)
	}
	return u.amount.up(q)
}

// user is a maker that takes from a buffer, by the number of the use.
type user struct{ maker, use int32 }

// offer is what somebody offers.
type offer struct {
	intent      *vf.Intent
	buffer      int32
	left        int64 // steps; -1 if unlimited
	least       int64
	from, until int64 // can be had in [from, until]
	lead        int64
	multiple    int64  // it comes in steps of so much; 0: any
	period      string // what is available renews
	gone        bool   // withdrawn or finished since the facts were read
}

// supply is stock or a firm receipt.
type supply struct {
	buffer int32
	at     int64 // always for stock
	qty    int64
	id     vf.ID // resource, commitment or intent
	firm   bool
}

// span is where some entries of a table lie: [from, to).
type span struct{ from, to int32 }

// need is what is wanted: a need of somebody, or what a firm process still takes.
type need struct {
	id       vf.ID
	buffer   int32
	qty      int64
	due      int64
	tier     int
	least    int64 // the least that helps
	latest   int64
	intent   *vf.Intent
	firm     bool       // what a firm process takes, or a promise has to be kept with: before every tier
	serves   vf.ID      // the need that such a promise is for
	promised []coverage // firm promises to this very need
	wanted   int64      // qty and what is promised or done already
	done     int64
	tooLate  []coverage // promises for dates when it is of no more use
	rank     rank
	together string // needs that name the same are delivered at one time
	expired  bool   // it is of no more use from its due time, or from now
	gone     bool   // withdrawn or finished since the facts were read: nothing is wanted
}

// rank says what comes first: firm work and floors of stock, then what people
// need, tier after tier, then targets of stock.
type rank uint8

const (
	rankFirm rank = iota
	rankNeed
	rankTarget
)

// stays reports whether the need is a target or a floor: what it gets stays in stock.
func (d *need) stays() bool { return d.intent != nil && d.intent.Keep != "" }

// coverage is so much at a time.
type coverage struct {
	at, qty int64
	id      vf.ID // the commitment, where it is one
}

// network is the facts as dense tables. Everything is numbered by id.
type network struct {
	graph    *vf.Graph
	now      int64
	units    *vf.Units
	specs    map[vf.ID]*vf.ResourceSpecification
	buffers  []bufferKey
	unit     []vf.ID // of each buffer
	step     []vf.Decimal
	byKey    map[bufferKey]int32
	plain    map[vf.ID]int32 // specification → its buffer without stage, state and place
	makers   []maker
	makersOf [][]int32
	users    [][]user
	givers   map[int32][]int32 // shared makers that put out by-products into a buffer
	offers   []*offer          // sorted by id; changes replace what is there and append
	offersOf sheet[[]int32]
	supplies []supply    // sorted by buffer, time, id; changes only append
	supplyOf sheet[span] // where the supplies of a buffer lie
	needs    roll[*need] // sorted by id; changes replace what is there and append
	needsOf  sheet[[]int32]
	bySpec   map[vf.ID][]int32
	names    map[vf.ID]string        // of agents and stages
	symbols  map[vf.ID]string        // of units
	longFlow map[*vf.RecipeFlow]bool // flows whose ids end like another's of the recipe
	specUnit map[vf.ID]vf.ID
	last     map[vf.ID]vf.ID // the stage wanted by needs that name none
	placed   map[vf.ID]bool  // specifications of which a recipe names a place
	groups   groups

	undeclared map[vf.ID]vf.ID // specifications without default unit; the least unit of their recipe flows
	performers map[bufferKey][]vf.ID
	broken     []Problem           // of recipes
	brokenOf   map[int32][]Problem // of the records of a group, by its root
	cycles     [][]int32
	firm       firmFacts
	room       int // orders that each part may have beside what its records allow
	horizon    int64
	after      int64 // the horizon lies so long after the last due time
	dues       lastDue
	facts      *Facts
	flows      layered[[]int32] // of a process, the specifications of its flows; read when first followed
	cloning    *sync.Mutex      // held while the tables are shared with a clone
	tombs      int              // entries of tables that changes left unused

	workTimes  workTimes
	members    map[vf.ID]bool // agents of the network, as far as memberships are kept
	hourless   []vf.ID        // whose work time cannot be worked out, sorted
	counted    int32          // needs when all were read
	rank       []int32        // of each buffer, the place of its cluster in the order of planning of its part
	capacities []capacity
	firmLoads  []load // of each capacity, what is firm
	furthest   int64  // the last time that calendars know
}

// knownBuffer returns the number of a buffer, if there is one.
func (n *network) knownBuffer(k bufferKey) (b int32, known bool) {
	if k.stage == "" && k.state == "" && k.place == "" && k.only == "" {
		b, known = n.plain[k.spec]
	} else {
		b, known = n.byKey[k]
	}
	return b, known
}

// buffer returns the number of a buffer, made if new.
func (n *network) buffer(k bufferKey) int32 {
	if b, known := n.knownBuffer(k); known {
		return b
	}
	b := int32(len(n.buffers))
	n.buffers = append(n.buffers, k)
	if k.stage == "" && k.state == "" && k.place == "" && k.only == "" {
		n.plain[k.spec] = b
	} else {
		n.byKey[k] = b
	}
	return b
}

// number renumbers the buffers by their keys, so that numbers do not depend on
// the order of the facts.
func (n *network) number() {
	order := make([]int32, len(n.buffers))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return n.buffers[a].compare(n.buffers[b]) })
	rank := make([]int32, len(order))
	sorted := make([]bufferKey, len(order))
	for to, from := range order {
		rank[from], sorted[to] = int32(to), n.buffers[from]
	}
	n.buffers = sorted
	for id, b := range n.plain {
		n.plain[id] = rank[b]
	}
	for k, b := range n.byKey {
		n.byKey[k] = rank[b]
	}
	n.renumber(rank)
}

func (n *network) renumber(rank []int32) {
	for i := range n.makers {
		m := &n.makers[i]
		if m.buffer >= 0 {
			m.buffer = rank[m.buffer]
		}
		for j := range m.uses {
			m.uses[j].buffer = rank[m.uses[j].buffer]
		}
		for j := range m.byproducts {
			m.byproducts[j].buffer = rank[m.byproducts[j].buffer]
		}
	}
	for i := range n.offers {
		n.offers[i].buffer = rank[n.offers[i].buffer]
	}
	for i := range n.supplies {
		n.supplies[i].buffer = rank[n.supplies[i].buffer]
	}
	for _, d := range n.needs.all() {
		d.buffer = rank[d.buffer]
	}
}

// duration is how long a process of q steps takes.
func (m *maker) duration(q int64) (int64, bool) {
	if m.perUnit.num == 0 {
		return m.fixed, true
	}
	d, ok := m.perUnit.up(q)
	return m.fixed + d, ok
}

// lot returns the size of the next process towards q steps.
func (m *maker) lot(q int64) int64 {
	if m.most > 0 && q > m.most {
		q = m.most
	}
	if q < m.least {
		q = m.least
	}
	if m.multiple > 0 {
		q = (q + m.multiple - 1) / m.multiple * m.multiple
		if m.most > 0 && q > m.most {
			q = m.most / m.multiple * m.multiple
		}
	}
	return q
}

// lots reports whether the maker has lot rules.
func (m *maker) lots() bool { return m.least > 0 || m.multiple > 0 || m.most > 0 }

// inForce reports whether a process may begin then.
func (m *maker) inForce(begin int64) bool { return begin >= m.from && begin < m.until }

// suppliesOf returns where the supplies of a buffer lie, sorted by time and id.
func (n *network) suppliesOf(b int32) (from, to int32) {
	s := n.supplyOf.get(b)
	return s.from, s.to
}

func (n *network) hasSupply(b int32) bool {
	from, to := n.suppliesOf(b)
	return from < to
}

// brokenFacts lists what makes no sense, in the facts and in the recipes.
func (n *network) brokenFacts() []Problem {
	list := slices.Clone(n.broken)
	for _, root := range slices.Sorted(maps.Keys(n.brokenOf)) {
		list = append(list, n.brokenOf[root]...)
	}
	return list
}
