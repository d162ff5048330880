package format

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"commonweal/rule"
	"commonweal/vf"
)

// Lists are the lists that WriteCSV can write.
var Lists = []string{"needs", "offers", "resources", "commitments", "events"}

// WriteCSV writes one of [Lists] as a table with a header, by id, events
// by date and then by id. Quantities
// stand as number and unit in columns of their own. A text that a spreadsheet
// would take for a formula gets a ' before it. Prices asked in return (the
// intents in Proposal.reciprocal) are neither needs nor offers. ReadCSV reads
// the lists back.
func WriteCSV(w io.Writer, g *vf.Graph, list string) error {
	b := newBookWriter(w, g.ResourceSpecifications, g.Units)
	switch list {
	case "needs":
		b.intents(g, func(i *vf.Intent) bool { return i.Receiver != "" && i.Provider == "" })
	case "offers":
		b.intents(g, func(i *vf.Intent) bool { return i.Provider != "" && i.Receiver == "" })
	case "resources":
		b.resources(g)
	case "commitments":
		b.commitments(g)
	case "events":
		b.events(g)
	default:
		return rule.Refuse("unknownList", "list", list, "wanted", strings.Join(Lists, ", "))
	}
	b.out.Flush()
	return b.out.Error()
}

func newBookWriter(w io.Writer, specs []*vf.ResourceSpecification, units []*vf.Unit) *bookWriter {
	b := &bookWriter{out: csv.NewWriter(w), names: map[vf.ID]string{}, units: map[vf.ID]string{}}
	for _, s := range specs {
		b.names[s.ID] = s.Name
	}
	all, err := vf.NewUnits(units)
	for _, u := range units {
		name := u.Symbol
		if name == "" {
			name = u.Label
		}
		if id, known := unitNamed(all, name); err == nil && known && id == u.ID {
			b.units[u.ID] = name // else two units have that name
		}
	}
	return b
}

// unitNamed is the unit that a cell of a list names: by its id, else as people
// call it.
func unitNamed(units *vf.Units, text string) (vf.ID, bool) {
	if units == nil {
		return "", false
	}
	if units.Known(vf.ID(text)) {
		return vf.ID(text), true
	}
	id, err := units.Named(text)
	return id, err == nil
}

// bookWriter writes rows; the first failed write is kept by the csv writer.
type bookWriter struct {
	out   *csv.Writer
	names map[vf.ID]string // of specifications
	units map[vf.ID]string // symbols
}

func (b *bookWriter) row(cells ...string) { _ = b.out.Write(cells) } // Error tells at the end

// text guards a cell that a spreadsheet would take for a formula, and one that
// looks as if it had been guarded.
func text(s string) string {
	if guarded(s) {
		return "'" + s
	}
	return s
}

// guarded reports whether a text begins like a formula, behind any number of '.
func guarded(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0
}

// unguarded takes the guard of a cell off.
func unguarded(s string) string {
	if s != "" && s[0] == '\'' && guarded(s) {
		return s[1:]
	}
	return s
}

func ids(list []vf.ID) string {
	texts := make([]string, len(list))
	for i, id := range list {
		texts[i] = string(id)
	}
	return text(strings.Join(texts, " "))
}

// measure is the number and unit of a quantity in two cells, empty where it was not said.
func (b *bookWriter) measure(m vf.Measure) (number, unit string) {
	if m.IsZero() {
		return "", ""
	}
	if s := b.units[m.HasUnit]; s != "" {
		return m.HasNumericalValue.String(), text(s)
	}
	return m.HasNumericalValue.String(), text(string(m.HasUnit))
}

// byID sorts a copy of a list.
func byID[R vf.Record](list []R) []R {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b R) int { return strings.Compare(string(a.Key()), string(b.Key())) })
	return list
}

func (b *bookWriter) intents(g *vf.Graph, want func(*vf.Intent) bool) {
	price := map[vf.ID]bool{}
	for _, p := range g.Proposals {
		for _, id := range p.Reciprocal {
			price[id] = true
		}
	}
	b.row(intentColumns...)
	for _, i := range byID(g.Intents) {
		if !price[i.ID] && want(i) {
			b.intent(i)
		}
	}
}

var intentColumns = []string{"id", "name", "action", "specification", "specification_name", "quantity", "unit", "available", "available_unit",
	"minimum", "minimum_unit", "provider", "receiver", "from", "until", "due", "tier", "people", "finished"}

func (b *bookWriter) intent(i *vf.Intent) {
	q, unit := b.measure(either(i.ResourceQuantity, i.EffortQuantity))
	available, availableUnit := b.measure(i.AvailableQuantity)
	least, leastUnit := b.measure(i.MinimumQuantity)
	b.row(text(string(i.ID)), text(i.Name), string(i.Action), text(string(i.ResourceConformsTo)), text(b.names[i.ResourceConformsTo]),
		q, unit, available, availableUnit, least, leastUnit, text(string(i.Provider)), text(string(i.Receiver)),
		i.HasBeginning.String(), i.HasEnd.String(), i.Due.String(), strconv.Itoa(i.Tier), strconv.Itoa(max(i.People, 1)), strconv.FormatBool(i.Finished))
}

func either(a, b vf.Measure) vf.Measure {
	if a.IsZero() {
		return b
	}
	return a
}

func (b *bookWriter) resources(g *vf.Graph) {
	b.row(resourceColumns...)
	for _, r := range byID(g.EconomicResources) {
		b.resource(r)
	}
}

var resourceColumns = []string{"id", "name", "specification", "specification_name", "accounting", "accounting_unit", "onhand", "onhand_unit",
	"accountable", "stage", "state", "location", "contained_in", "lot"}

func (b *bookWriter) resource(r *vf.EconomicResource) {
	accounting, accountingUnit := b.measure(r.AccountingQuantity)
	onhand, onhandUnit := b.measure(r.OnhandQuantity)
	b.row(text(string(r.ID)), text(r.Name), text(string(r.ConformsTo)), text(b.names[r.ConformsTo]), accounting, accountingUnit,
		onhand, onhandUnit, text(string(r.PrimaryAccountable)), text(string(r.Stage)), text(r.State), text(string(r.CurrentLocation)),
		text(string(r.ContainedIn)), text(string(r.OfBatchLot)))
}

func (b *bookWriter) commitments(g *vf.Graph) {
	b.row(commitmentColumns...)
	for _, c := range byID(g.Commitments) {
		b.commitment(c)
	}
}

var commitmentColumns = []string{"id", "action", "specification", "specification_name", "quantity", "unit", "effort", "effort_unit", "provider", "receiver",
	"input_of", "output_of", "due", "satisfies", "finished"}

func (b *bookWriter) commitment(c *vf.Commitment) {
	q, unit := b.measure(c.ResourceQuantity)
	effort, effortUnit := b.measure(c.EffortQuantity)
	b.row(text(string(c.ID)), string(c.Action), text(string(c.ResourceConformsTo)), text(b.names[c.ResourceConformsTo]), q, unit,
		effort, effortUnit, text(string(c.Provider)), text(string(c.Receiver)), text(string(c.InputOf)), text(string(c.OutputOf)),
		c.Due.String(), ids(c.Satisfies), strconv.FormatBool(c.Finished))
}

func (b *bookWriter) events(g *vf.Graph) {
	b.row(eventColumns...)
	for _, e := range byDate(g.EconomicEvents) {
		b.event(e)
	}
}

var eventColumns = []string{"id", "at", "until", "action", "specification", "specification_name", "quantity", "unit", "effort", "effort_unit", "provider",
	"receiver", "resource", "to_resource", "input_of", "output_of", "fulfills", "corrects"}

func (b *bookWriter) event(e *vf.EconomicEvent) {
	q, unit := b.measure(e.ResourceQuantity)
	effort, effortUnit := b.measure(e.EffortQuantity)
	at := e.HasPointInTime
	if at.IsZero() {
		at = e.HasBeginning
	}
	b.row(text(string(e.ID)), at.String(), e.HasEnd.String(), string(e.Action), text(string(e.ResourceConformsTo)),
		text(b.names[e.ResourceConformsTo]), q, unit, effort, effortUnit, text(string(e.Provider)), text(string(e.Receiver)),
		text(string(e.ResourceInventoriedAs)), text(string(e.ToResourceInventoriedAs)), text(string(e.InputOf)), text(string(e.OutputOf)),
		ids(e.Fulfills), text(string(e.Corrects)))
}
