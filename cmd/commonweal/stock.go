package main

import (
	"commonweal/ledger"
	"commonweal/vf"
)

// stockCommand prints what there is.
type stockCommand struct {
	Of vf.ID `arg:"" optional:"" help:"A specification; everything if left out."`
}

// held is one row of stock as programs read it.
type held struct {
	ConformsTo         vf.ID      `json:"conformsTo"`
	Stage              vf.ID      `json:"stage,omitzero"`
	State              string     `json:"state,omitzero"`
	PrimaryAccountable vf.ID      `json:"primaryAccountable,omitzero"`
	CurrentLocation    vf.ID      `json:"currentLocation,omitzero"`
	AccountingQuantity vf.Measure `json:"accountingQuantity"`
	OnhandQuantity     vf.Measure `json:"onhandQuantity"`
	Resources          []vf.ID    `json:"resources"`
}

// Run prints sums over resources that are alike.
func (c *stockCommand) Run(p *program) error {
	b, err := p.look()
	if err != nil {
		return err
	}
	defer b.close()
	var rows []ledger.Balance
	err = b.Read(func(s *ledger.State) error {
		rows, err = s.Balances()
		return err
	})
	if err != nil {
		return err
	}
	list := []held{}
	t := newTable("thing", "stage", "whose", "where", ">on hand", ">accounted", "!resource")
	for _, r := range rows {
		if c.Of != "" && r.ConformsTo != c.Of {
			continue
		}
		list = append(list, held{r.ConformsTo, r.Stage, r.State, r.Accountable, r.Location, r.Accounting, r.Onhand, r.Resources})
		stage := r.Stage.Last()
		if r.State != "" {
			stage += " (" + r.State + ")"
		}
		t.add(r.ConformsTo.Last(), stage, r.Accountable.Last(), r.Location.Last(), said(r.Onhand), said(r.Accounting), someOf(r.Resources))
	}
	if p.JSON {
		return p.printJSON(list)
	}
	if len(list) == 0 {
		p.say("There is nothing in stock%s.", ofWhat(c.Of))
	}
	t.write(p.out)
	return nil
}

func ofWhat(spec vf.ID) string {
	if spec == "" {
		return ""
	}
	return " of " + string(spec)
}

// said writes a measure, "" where none was said.
func said(m vf.Measure) string {
	if m.IsZero() {
		return ""
	}
	return m.String()
}

// someOf writes the first of several ids, and how many more there are.
func someOf(ids []vf.ID) string {
	if len(ids) == 0 {
		return ""
	}
	text := string(ids[0])
	if len(ids) > 1 {
		text += ", …"
	}
	return text
}
