package format

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"commonweal/rule"
	"commonweal/vf"
)

// Hledger writes the events of a graph as a journal for hledger, one balanced
// transaction for each, by date and then by id. The accounts:
//
//	accounting:RESOURCE          what is rightfully the accountable agent's
//	onhand:RESOURCE              what is at hand
//	effort:AGENT                 work and use done, in units of effort
//	flows:SIDE:ACTION:AGENT      the other side of each posting; SIDE is accounting,
//	                             onhand or effort, or event where no resource is named
//	conversion:SIDE              between the two resources of one transfer
//
// So what was consumed is the balance of flows:accounting:consume, and what left
// the shelf for it that of flows:onhand:consume. A transaction names provider and
// receiver in its description, where they are known and differ.
//
// The commodity is the specification with the unit, such as "spec/wool lb", so
// that the balance of accounting:RESOURCE is its accountingQuantity and that of
// onhand:RESOURCE its onhandQuantity. In names, white space and the characters
// % : ; " are written as %XX. The graph must hold all events of its resources.
func Hledger(w io.Writer, g *vf.Graph) error {
	units, err := vf.NewUnits(g.Units)
	if err != nil {
		return refusalOf(err)
	}
	h := &hledgerWriter{out: bufio.NewWriterSize(w, 1<<16), units: units, resources: map[vf.ID]*vf.EconomicResource{}, events: map[vf.ID]*vf.EconomicEvent{}}
	for _, r := range g.EconomicResources {
		h.resources[r.ID] = r
	}
	for _, e := range g.EconomicEvents {
		h.events[e.ID] = e
	}
	h.out.WriteString("; Written by commonweal. Balances: hledger -f FILE balance accounting: onhand:\ndecimal-mark .\n")
	for _, e := range byDate(g.EconomicEvents) {
		if err := h.event(e); err != nil {
			return err
		}
	}
	return h.out.Flush() // tells of every failed write before it
}

type hledgerWriter struct {
	out       *bufio.Writer
	units     *vf.Units
	resources map[vf.ID]*vf.EconomicResource
	events    map[vf.ID]*vf.EconomicEvent
}

// name writes a text so that hledger takes it as one name.
func name(s string) string {
	if s == "" {
		return "nobody"
	}
	var b strings.Builder
	for _, r := range s {
		if r <= ' ' || strings.ContainsRune("%:;\"\u0085\u00a0", r) {
			fmt.Fprintf(&b, "%%%02X", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// event writes one transaction. A correction has the resources and agents of
// what it corrects where it names none.
func (h *hledgerWriter) event(said *vf.EconomicEvent) error {
	e := *said
	for was := h.events[e.Corrects]; was != nil && was != said; was = nil {
		e.ResourceInventoriedAs = first(e.ResourceInventoriedAs, was.ResourceInventoriedAs)
		e.ToResourceInventoriedAs = first(e.ToResourceInventoriedAs, was.ToResourceInventoriedAs)
		e.ResourceConformsTo = first(e.ResourceConformsTo, was.ResourceConformsTo)
		e.Provider, e.Receiver = first(e.Provider, was.Provider), first(e.Receiver, was.Receiver)
		if e.Action == "" {
			e.Action = was.Action
		}
	}
	row := e.Action.Effects()
	if row == nil {
		return rule.Refuse("missingProperty", "class", "EconomicEvent", "property", "action", "wanted", "one of Valueflows' actions").At(string(e.ID))
	}
	fmt.Fprintf(h.out, "\n%s %s %s%s\n", dateOf(&e), e.Action, name(string(e.ID)), between(&e))
	posted := false
	for _, side := range []struct {
		account string
		effect  vf.Effect
	}{{"accounting", row.Accounting}, {"onhand", row.Onhand}} {
		done, err := h.side(&e, side.account, side.effect)
		if err != nil {
			return err
		}
		posted = posted || done
	}
	if !e.EffortQuantity.IsZero() {
		h.post("effort:"+name(string(e.Provider)), commodity(e.ResourceConformsTo, e.EffortQuantity.HasUnit), e.EffortQuantity.HasNumericalValue)
		h.post(h.flow("effort", &e, e.Receiver), commodity(e.ResourceConformsTo, e.EffortQuantity.HasUnit), e.EffortQuantity.HasNumericalValue.Neg())
		posted = true
	}
	if !posted && !e.ResourceQuantity.IsZero() {
		h.post(h.flow("event", &e, e.Receiver), commodity(e.ResourceConformsTo, e.ResourceQuantity.HasUnit), e.ResourceQuantity.HasNumericalValue)
		h.post(h.flow("event", &e, e.Provider), commodity(e.ResourceConformsTo, e.ResourceQuantity.HasUnit), e.ResourceQuantity.HasNumericalValue.Neg())
	}
	return nil
}

func first(a, b vf.ID) vf.ID {
	if a == "" {
		return b
	}
	return a
}

// dateOf is the day of an event in UTC.
func dateOf(e *vf.EconomicEvent) string {
	if t := timeOf(e); !t.IsZero() {
		return t.UTC().Format("2006-01-02")
	}
	return "1970-01-01"
}

// timeOf is when an event happened: at a point in time, else when it ended,
// began, or was created.
func timeOf(e *vf.EconomicEvent) vf.Time {
	for _, t := range []vf.Time{e.HasPointInTime, e.HasEnd, e.HasBeginning} {
		if !t.IsZero() {
			return t
		}
	}
	return e.Created
}

// byDate sorts a copy of events by day and then by id.
func byDate(events []*vf.EconomicEvent) []*vf.EconomicEvent {
	list := byID(events)
	slices.SortStableFunc(list, func(a, b *vf.EconomicEvent) int { return strings.Compare(dateOf(a), dateOf(b)) })
	return list
}

// between names both agents of an event that goes from one to the other.
func between(e *vf.EconomicEvent) string {
	if e.Provider == "" || e.Receiver == "" || e.Provider == e.Receiver {
		return ""
	}
	return " from " + name(string(e.Provider)) + " to " + name(string(e.Receiver))
}

func (h *hledgerWriter) flow(side string, e *vf.EconomicEvent, agent vf.ID) string {
	return "flows:" + side + ":" + string(e.Action) + ":" + name(string(agent))
}

func (h *hledgerWriter) post(account, commodity string, amount vf.Decimal) {
	fmt.Fprintf(h.out, "    %s  %s %s\n", account, amount, commodity)
}

func commodity(spec, unit vf.ID) string {
	if spec == "" {
		return `"` + name(string(unit)) + `"`
	}
	return `"` + name(string(spec)) + " " + name(unit.Last()) + `"`
}

// side posts what an event does to the accounting or the on-hand quantity.
func (h *hledgerWriter) side(e *vf.EconomicEvent, account string, effect vf.Effect) (bool, error) {
	from, to := e.ResourceInventoriedAs, e.ToResourceInventoriedAs
	give, take := effect == vf.Decrement || effect == vf.DecrementIncrement, effect == vf.Increment
	if effect == vf.DecrementIncrement || effect == vf.IncrementTo {
		if to != "" {
			if err := h.change(e, account, to, e.Receiver, false, effect == vf.DecrementIncrement && from != ""); err != nil {
				return false, err
			}
		}
	}
	if from != "" && (give || take) {
		if err := h.change(e, account, from, e.Provider, give, effect == vf.DecrementIncrement && to != ""); err != nil {
			return false, err
		}
	}
	return from != "" && (give || take) || to != "" && (effect == vf.DecrementIncrement || effect == vf.IncrementTo), nil
}

// change posts a quantity to a resource in the resource's unit, and its other
// side: the resource at the other end where there is one, else the flows.
func (h *hledgerWriter) change(e *vf.EconomicEvent, account string, id, agent vf.ID, minus, paired bool) error {
	m, spec := e.ResourceQuantity, e.ResourceConformsTo
	if m.IsZero() {
		return nil
	}
	if r := h.resources[id]; r != nil {
		spec = first(r.ConformsTo, spec)
		if unit := either(r.AccountingQuantity, r.OnhandQuantity).HasUnit; unit != "" {
			var err error
			if m, err = h.units.Convert(m, unit); err != nil {
				return refusalOf(err).At(string(e.ID) + " resourceQuantity")
			}
		}
	}
	amount, unit := m.HasNumericalValue, commodity(spec, m.HasUnit)
	if minus {
		amount = amount.Neg()
	}
	other := h.flow(account, e, agent)
	if paired {
		other = "conversion:" + account
	}
	h.post(account+":"+name(string(id)), unit, amount)
	h.post(other, unit, amount.Neg())
	return nil
}
