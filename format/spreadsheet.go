package format

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"commonweal/rule"
	"commonweal/vf"
)

// Ids of the records that spreadsheets do not name.
const (
	SheetUnit      vf.ID = "unit/one"
	SheetDay       vf.ID = "unit/day"
	SheetSuppliers vf.ID = "agent/suppliers"
	SheetWanted    vf.ID = "agent/wanted"
)

// Sheets are the three tables of a network in spreadsheets, and the time from
// which due days count.
type Sheets struct {
	Items, BOM, Demands File
	Now                 vf.Time
}

// ReadSpreadsheets reads a network from three tables:
//
//	items    item, level, lead_days, on_hand    (level is not needed)
//	bom      parent, component, quantity_per
//	demands  demand, item, quantity, due_day    (day 0 is midnight UTC of now)
//
// Without a header the columns stand in that order; with one they may stand in
// any order beside others. An item with components is made by the RecipeProcess
// make/ITEM in lead_days; one without is bought by the offer buy/ITEM without
// limit, with lead_days as its lead time. What is on hand is stock/ITEM, a
// demand the Intent need/DEMAND; a component goes in by the RecipeFlow
// make/ITEM/in/COMPONENT, once for each item: a second row for it is refused. So
// the same rows say the same in any order. All is counted in unit/one, in whole
// ones unless the tables have decimals. The error is [Refusals], or that of a
// reader.
func ReadSpreadsheets(s Sheets) (*vf.Graph, error) {
	b := &sheetReader{index: map[string]int32{}}
	for _, read := range []func() error{
		func() error { return b.readItems(s.Items) },
		func() error { return b.readBOM(s.BOM) },
		func() error { return b.readDemands(s.Demands, s.Now) },
	} {
		if err := read(); err != nil && !errors.Is(err, errEnough) {
			var refusal *rule.Refusal
			if !errors.As(err, &refusal) {
				return nil, err
			}
			b.faults.add(refusal)
		}
		if b.faults.list != nil && len(b.items) == 0 {
			break // without items every other row would look wrong
		}
	}
	if err := b.faults.err(); err != nil {
		return nil, err
	}
	return b.graph(), nil
}

// sheetReader holds the rows of the three tables.
type sheetReader struct {
	faults faults
	ids    arena
	index  map[string]int32 // of the item, by the end of its id
	items  []sheetItem
	parts  []sheetPart // rows of the bill of materials; sorted by parent when all are read
	from   []int32     // where the parts of each item begin
	needs  []sheetNeed
	digits int // most digits behind the point
}

type sheetItem struct {
	key          string
	lead, onHand vf.Decimal
	parts        int32 // how many components it has
	line         int32
}

type sheetPart struct {
	parent, component int32
	quantity          vf.Decimal
	line              int32
}

type sheetNeed struct {
	key      string
	item     int32
	quantity vf.Decimal
	due      vf.Time
}

// arena keeps many short texts in few pieces of memory.
type arena struct{ b strings.Builder }

// join returns the texts joined as one.
func (a *arena) join(parts ...string) string {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	if a.b.Cap()-a.b.Len() < size {
		a.b = strings.Builder{}
		a.b.Grow(max(1<<16, size))
	}
	from := a.b.Len()
	for _, p := range parts {
		a.b.WriteString(p)
	}
	return a.b.String()[from:]
}

// see remembers how fine the quantities are.
func (b *sheetReader) see(d vf.Decimal) { b.digits = max(b.digits, d.Digits()) }

func (b *sheetReader) readItems(f File) error {
	s, err := openSheet(f, &b.faults, column{"item", false}, column{"level", true}, column{"lead_days", false}, column{"on_hand", false})
	if err != nil {
		return err
	}
	for {
		more, err := s.next()
		if !more || err != nil {
			return err
		}
		key := s.id(0)
		lead, ok1 := s.number(2, false)
		onHand, ok2 := s.number(3, false)
		if key == nil || !ok1 || !ok2 {
			continue
		}
		if other, twice := b.index[string(key)]; twice {
			s.fault(0, "duplicateRow", "value", string(key), "first", strconv.Itoa(int(b.items[other].line)))
			continue
		}
		b.see(onHand)
		kept := b.ids.join(string(key))
		b.index[kept] = int32(len(b.items))
		b.items = append(b.items, sheetItem{key: kept, lead: lead, onHand: onHand, line: s.line})
	}
}

// item finds the item that a cell names.
func (b *sheetReader) item(s *sheet, column int) (int32, bool) {
	key := s.id(column)
	if key == nil {
		return 0, false
	}
	i, ok := b.index[string(key)]
	if !ok {
		s.fault(column, "unknownItem", "value", string(key))
	}
	return i, ok
}

func (b *sheetReader) readBOM(f File) error {
	s, err := openSheet(f, &b.faults, column{"parent", false}, column{"component", false}, column{"quantity_per", false})
	if err != nil {
		return err
	}
	for {
		more, err := s.next()
		if err != nil {
			return err
		}
		if !more {
			b.sortParts(s)
			return nil
		}
		parent, ok1 := b.item(s, 0)
		component, ok2 := b.item(s, 1)
		quantity, ok3 := s.number(2, true)
		if !ok1 || !ok2 || !ok3 {
			continue
		}
		b.see(quantity)
		b.items[parent].parts++
		b.parts = append(b.parts, sheetPart{parent, component, quantity, s.line})
	}
}

func (b *sheetReader) readDemands(f File, now vf.Time) error {
	s, err := openSheet(f, &b.faults, column{"demand", false}, column{"item", false}, column{"quantity", false}, column{"due_day", false})
	if err != nil {
		return err
	}
	day0 := now.UTC().Truncate(24 * time.Hour)
	lines := map[string]int32{}
	for {
		more, err := s.next()
		if !more || err != nil {
			return err
		}
		key := s.id(0)
		item, ok1 := b.item(s, 1)
		quantity, ok2 := s.number(2, true)
		day, ok3 := s.days(3)
		if key == nil || !ok1 || !ok2 || !ok3 {
			continue
		}
		if first, twice := lines[string(key)]; twice {
			s.fault(0, "duplicateRow", "value", string(key), "first", strconv.Itoa(int(first)))
			continue
		}
		b.see(quantity)
		kept := b.ids.join("need/", string(key))
		lines[kept[len("need/"):]] = s.line
		b.needs = append(b.needs, sheetNeed{kept, item, quantity, vf.Time{Time: day0.Add(time.Duration(day) * 24 * time.Hour)}})
	}
}

// sortParts brings the parts of each item together, in the order of the rows,
// and refuses a component that one item has twice.
func (b *sheetReader) sortParts(s *sheet) {
	b.from = make([]int32, len(b.items)+1)
	for i := range b.items {
		b.from[i+1] = b.from[i] + b.items[i].parts
	}
	sorted := make([]sheetPart, len(b.parts))
	next := append([]int32(nil), b.from...)
	for _, p := range b.parts {
		sorted[next[p.parent]] = p
		next[p.parent]++
	}
	b.parts = sorted
	last := make([]int32, len(b.items)) // 1 + the row in which the item was last a component
	for i := range b.parts {
		p := &b.parts[i]
		if k := last[p.component] - 1; k >= b.from[p.parent] {
			s.line = p.line
			s.fault(1, "duplicateRow", "value", b.items[p.component].key, "first", strconv.Itoa(int(b.parts[k].line)))
		}
		last[p.component] = int32(i) + 1
	}
}
