package format

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"commonweal/rule"
	"commonweal/vf"
)

// SheetNetwork is the agent whose stock, machines and targets spreadsheets of
// chains tell of.
const SheetNetwork vf.ID = "agent/network"

// ChainSheets are the five tables of chains of steps with machines, and the time
// from which hours count.
type ChainSheets struct {
	Components, Steps, Uses, Machines, Demands File
	Now                                        vf.Time
}

// ReadChains reads chains of steps that share bought components and machines:
//
//	components  component, lead_days, on_hand, target_stock, order_minimum, order_multiple
//	steps       chain, level, fixed_days, days_per_unit, machine, on_hand
//	uses        chain, level, component, quantity_per
//	machines    machine, parallel
//	demands     demand, chain, quantity, due_hours, priority
//
// Headers, separators and quotes are as in [ReadSpreadsheets]; with a header
// target_stock, order_minimum, order_multiple, days_per_unit, machine, the on_hand
// of steps and priority may be missing, and without one their cells may be empty.
//
// Level 0 of a chain is what is wanted of it. It is made from one of level 1, that
// from one of level 2, and so on; the last level of a chain is made from components
// alone. Level N of chain C is the specification chain/C/N, made by the RecipeProcess
// make/C/N in fixed_days and days_per_unit for each, during which it takes the
// components that it uses and one of the machine's parallel places. Work goes on
// from Monday to Friday, whole days in UTC; lead times of components are days of
// the calendar. A component is bought by the offer buy/COMPONENT, and what of it is
// to stay in stock is the Intent target/COMPONENT. A demand is the Intent
// need/DEMAND with the priority as its tier, due so many hours after day 0, which is
// midnight UTC of now. In these ids a slash in a name is written %2F. The error is
// [Refusals], or that of a reader.
func ReadChains(s ChainSheets) (*vf.Graph, error) {
	b := &chainReader{day0: s.Now.UTC().Truncate(24 * time.Hour)}
	for _, read := range []func() error{
		func() error { return b.readMachines(s.Machines) },
		func() error { return b.readComponents(s.Components) },
		func() error { return b.readSteps(s.Steps) },
		func() error { return b.readUses(s.Uses) },
		func() error { return b.readDemands(s.Demands) },
	} {
		if err := read(); err != nil && !errors.Is(err, errEnough) {
			var refusal *rule.Refusal
			if !errors.As(err, &refusal) {
				return nil, err
			}
			b.faults.add(refusal)
			break // what names rows of a table that could not be read would look wrong
		}
	}
	if err := b.faults.err(); err != nil {
		return nil, err
	}
	return b.graph(), nil
}

// chainReader holds the rows of the five tables.
type chainReader struct {
	faults     faults
	ids        arena
	day0       time.Time
	machines   rowNames
	parallel   []int // of each machine
	components rowNames
	bought     []chainComponent
	chains     rowNames
	steps      []chainStep
	stepAt     map[chainLevel]int32
	uses       []chainUse
	needs      []chainNeed
	digits     int // most digits behind the point
}

// rowNames numbers what the rows of a table name.
type rowNames struct {
	what  string
	keys  []string
	lines []int32
	index map[string]int32
}

type chainComponent struct{ lead, onHand, target, least, multiple vf.Decimal }

type chainLevel struct {
	chain int32
	level int
}

type chainStep struct {
	chainLevel
	fixed, perUnit, onHand vf.Decimal
	machine                int32 // -1 if none
	line                   int32
}

type chainUse struct {
	step, component int32
	quantity        vf.Decimal
}

type chainNeed struct {
	key      string
	chain    int32
	quantity vf.Decimal
	due      vf.Time
	tier     int
}

func (b *chainReader) see(ds ...vf.Decimal) {
	for _, d := range ds {
		b.digits = max(b.digits, d.Digits())
	}
}

// key is the content of a column as the end of an id, without slashes: where ids
// are joined of several names, it stays clear which is which. It is good until the
// next row is read.
func (s *sheet) key(column int) string {
	return strings.ReplaceAll(string(s.id(column)), "/", "%2F")
}

// maybe reads a column as a number of zero or more, zero where it is missing or
// empty.
func (s *sheet) maybe(column int) (vf.Decimal, bool) {
	if len(s.cell(column)) == 0 {
		return vf.Decimal{}, true
	}
	return s.number(column, false)
}

// whole reads a column as a whole number from least to most.
func (s *sheet) whole(column, least, most int) (int, bool) {
	c := s.cell(column)
	if len(c) == 0 {
		s.fault(column, "missingCell")
		return 0, false
	}
	n, err := strconv.Atoi(string(c))
	if err != nil || n < least || n > most {
		s.fault(column, "badCell", "value", shorten(strings.ToValidUTF8(string(c), "?")),
			"wanted", "a whole number from "+strconv.Itoa(least)+" to "+strconv.Itoa(most))
		return 0, false
	}
	return n, true
}

// add numbers what a row names; a second row for it is refused.
func (n *rowNames) add(s *sheet, key string) bool {
	if first, twice := n.index[key]; twice {
		s.fault(0, "duplicateRow", "value", key, "first", strconv.Itoa(int(n.lines[first])))
		return false
	}
	n.number(s, key)
	return true
}

// number is the number of a name, a new one for a new name.
func (n *rowNames) number(s *sheet, key string) int32 {
	i, known := n.index[key]
	if !known {
		i = int32(len(n.keys))
		n.index[key] = i
		n.keys, n.lines = append(n.keys, key), append(n.lines, s.line)
	}
	return i
}

// find is the number of what a cell names.
func (n *rowNames) find(s *sheet, column int) (int32, bool) {
	key := s.key(column)
	if key == "" {
		return 0, false
	}
	i, ok := n.index[key]
	if !ok {
		s.unknown(column, n.what, key, n.keys)
	}
	return i, ok
}

// unknown refuses a name that stands in no row of the table of such things.
func (s *sheet) unknown(column int, what, name string, known []string) {
	nearest := "; that table is empty"
	if len(known) > 0 {
		nearest = "; the nearest there is “" + vf.Nearest(name, known) + "”"
	}
	s.fault(column, "unknownRow", "what", what, "value", shorten(name), "nearest", nearest)
}

// rows calls f for each row of a table.
func (b *chainReader) rows(f File, row func(*sheet), columns ...column) (*sheet, error) {
	s, err := openSheet(f, &b.faults, columns...)
	if err != nil {
		return nil, err
	}
	for {
		more, err := s.next()
		if !more || err != nil {
			return s, err
		}
		row(s)
	}
}

func newRowNames(what string) rowNames { return rowNames{what: what, index: map[string]int32{}} }

func (b *chainReader) readMachines(f File) error {
	b.machines = newRowNames("machine")
	_, err := b.rows(f, func(s *sheet) {
		key := s.key(0)
		parallel, ok := s.whole(1, 1, 1_000_000)
		if key != "" && ok && b.machines.add(s, key) {
			b.parallel = append(b.parallel, parallel)
		}
	}, column{"machine", false}, column{"parallel", false})
	return err
}

func (b *chainReader) readComponents(f File) error {
	b.components = newRowNames("component")
	_, err := b.rows(f, func(s *sheet) {
		key := s.key(0)
		var c chainComponent
		var ok [5]bool
		c.lead, ok[0] = s.number(1, false)
		c.onHand, ok[1] = s.number(2, false)
		c.target, ok[2] = s.maybe(3)
		c.least, ok[3] = s.maybe(4)
		c.multiple, ok[4] = s.maybe(5)
		if key != "" && !slices.Contains(ok[:], false) && b.components.add(s, key) {
			b.see(c.onHand, c.target, c.least, c.multiple)
			b.bought = append(b.bought, c)
		}
	}, column{"component", false}, column{"lead_days", false}, column{"on_hand", false},
		column{"target_stock", true}, column{"order_minimum", true}, column{"order_multiple", true})
	return err
}

// mostLevels bounds how long a chain is.
const mostLevels = 10_000

func (b *chainReader) readSteps(f File) error {
	b.chains, b.stepAt = newRowNames("chain"), map[chainLevel]int32{}
	s, err := b.rows(f, b.readStep, column{"chain", false}, column{"level", false}, column{"fixed_days", false},
		column{"days_per_unit", true}, column{"machine", true}, column{"on_hand", true})
	if err != nil {
		return err
	}
	for i := range b.steps {
		to := chainLevel{b.steps[i].chain, b.steps[i].level - 1}
		if _, ok := b.stepAt[to]; !ok && to.level >= 0 {
			s.line = b.steps[i].line
			s.fault(1, "badCell", "value", strconv.Itoa(to.level+1),
				"wanted", "levels without a gap from 0 on; level "+strconv.Itoa(to.level)+" of this chain is missing")
		}
	}
	return nil
}

func (b *chainReader) readStep(s *sheet) {
	key := s.key(0)
	level, ok1 := s.whole(1, 0, mostLevels)
	x := chainStep{machine: -1, line: s.line}
	var ok2, ok3, ok4 bool
	x.fixed, ok2 = s.number(2, false)
	x.perUnit, ok3 = s.maybe(3)
	x.onHand, ok4 = s.maybe(5)
	if len(s.cell(4)) > 0 {
		var known bool
		if x.machine, known = b.machines.find(s, 4); !known {
			return
		}
	}
	if key == "" || !ok1 || !ok2 || !ok3 || !ok4 {
		return
	}
	x.chainLevel = chainLevel{b.chains.number(s, key), level}
	if first, twice := b.stepAt[x.chainLevel]; twice {
		s.fault(1, "duplicateRow", "value", key+"/"+strconv.Itoa(level), "first", strconv.Itoa(int(b.steps[first].line)))
		return
	}
	b.see(x.onHand)
	b.stepAt[x.chainLevel] = int32(len(b.steps))
	b.steps = append(b.steps, x)
}

func (b *chainReader) readUses(f File) error {
	lines := map[[2]int32]int32{}
	_, err := b.rows(f, func(s *sheet) {
		chain, ok1 := b.chains.find(s, 0)
		level, ok2 := s.whole(1, 0, mostLevels)
		component, ok3 := b.components.find(s, 2)
		quantity, ok4 := s.number(3, true)
		if !ok1 || !ok2 || !ok3 || !ok4 {
			return
		}
		step, ok := b.stepAt[chainLevel{chain, level}]
		if !ok {
			s.unknown(1, "step", strconv.Itoa(level), b.levels(chain))
			return
		}
		at := [2]int32{step, component}
		if first := lines[at]; first > 0 {
			s.fault(2, "duplicateRow", "value", b.components.keys[component], "first", strconv.Itoa(int(first)))
			return
		}
		lines[at] = s.line
		b.see(quantity)
		b.uses = append(b.uses, chainUse{step, component, quantity})
	}, column{"chain", false}, column{"level", false}, column{"component", false}, column{"quantity_per", false})
	return err
}

// levels lists the levels that a chain has.
func (b *chainReader) levels(chain int32) []string {
	var list []string
	for level := 0; ; level++ {
		if _, ok := b.stepAt[chainLevel{chain, level}]; !ok {
			return list
		}
		list = append(list, strconv.Itoa(level))
	}
}

// mostHours bounds how far from day 0 a demand is due.
const mostHours = 36_500 * 24

func (b *chainReader) readDemands(f File) error {
	demands := newRowNames("demand")
	_, err := b.rows(f, func(s *sheet) {
		key := s.key(0)
		chain, ok1 := b.chains.find(s, 1)
		quantity, ok2 := s.number(2, true)
		hours, ok3 := s.whole(3, -mostHours, mostHours)
		tier, ok4 := 0, true
		if len(s.cell(4)) > 0 {
			tier, ok4 = s.whole(4, 0, 1_000_000)
		}
		if key == "" || !ok1 || !ok2 || !ok3 || !ok4 || !demands.add(s, key) {
			return
		}
		b.see(quantity)
		due := vf.Time{Time: b.day0.Add(time.Duration(hours) * time.Hour)}
		b.needs = append(b.needs, chainNeed{b.ids.join("need/", key), chain, quantity, due, tier})
	}, column{"demand", false}, column{"chain", false}, column{"quantity", false}, column{"due_hours", false}, column{"priority", true})
	return err
}
