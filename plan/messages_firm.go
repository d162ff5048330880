package plan

import "commonweal/vf"

// promises compares what is promised to needs with what they want.
func (m *messenger) promises() {
	for i, d := range m.n.needs.all() {
		if len(d.promised) == 0 || d.qty == 0 || d.firm || d.gone {
			continue
		}
		last := d.promised[len(d.promised)-1]
		m.tell(Message{Kind: "increase", About: last.id, Was: vf.At(last.at), When: vf.At(d.due),
			Cause: string(d.id) + " wants " + m.n.amount(d.buffer, d.wanted),
			Text:  "Promise " + m.n.amount(d.buffer, d.qty) + " more of " + m.n.bufferName(d.buffer) + " (" + string(last.id) + ")"}, d.buffer, d.qty, []int32{i})
	}
	for _, c := range m.n.firm.commitments.all() {
		for _, id := range c.Satisfies {
			if i := m.intents[id]; i != nil && i.Finished {
				m.add(Message{Kind: "cancel", About: c.ID, ResourceConformsTo: c.ResourceConformsTo, Stage: c.Stage, ResourceQuantity: c.ResourceQuantity, Was: c.Due,
					Cause: string(id) + " is finished", Text: "Call off " + string(c.ID)}, nil)
			}
		}
	}
	for _, x := range m.p.Problems() {
		if x.Kind != "limitExceeded" || len(x.Causes) == 0 || x.Causes[0].Kind != "overPromised" {
			continue
		}
		about := x.Causes[0].About
		m.add(Message{Kind: "decrease", About: about, ResourceQuantity: x.Quantity, Was: x.Causes[0].When,
			Cause: string(x.About) + " has more promised than it says",
			Text:  "Lower " + string(about) + " by " + x.Quantity.HasNumericalValue.String() + " " + m.n.symbol(x.Quantity.HasUnit)}, nil)
	}
}

// openWork tells which flows of firm processes nobody has promised yet, and are
// wanted soon.
func (m *messenger) openWork() {
	for _, i := range m.intents {
		p, firm := m.n.firm.processes.get(processOf(i))
		if !firm || i.Finished || m.satisfied[i.ID] {
			continue
		}
		at, said := firstTime(i.Due, i.HasPointInTime, i.HasBeginning, p.HasBeginning, p.HasEnd)
		if !said || at >= m.until {
			continue
		}
		much := i.ResourceQuantity
		if much.IsZero() {
			much = i.EffortQuantity
		}
		name := string(p.ID)
		if p.Name != "" {
			name = p.Name + " (" + name + ")"
		}
		x := Message{Kind: "takeUp", About: i.ID, ResourceConformsTo: i.ResourceConformsTo, Stage: i.Stage, ResourceQuantity: much, When: vf.At(at),
			Cause: name + " was promised or begun, and nobody has promised this yet"}
		x.Text = "Promise " + m.flowText(i, much) + " by " + day(at)
		m.add(x, nil)
	}
}

// flowText says what an open flow is of.
func (m *messenger) flowText(i *vf.Intent, much vf.Measure) string {
	text := string(i.Action)
	if !much.IsZero() {
		text += " " + much.HasNumericalValue.String() + " " + m.n.symbol(much.HasUnit)
	}
	if s := m.n.specs[i.ResourceConformsTo]; s != nil {
		name := s.Name
		if name == "" {
			name = string(s.ID)
		}
		text += " of " + name
	}
	return text + " (" + string(i.ID) + ")"
}
