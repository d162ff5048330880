package vf

import "testing"

func TestParseAction(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Action{"produce": Produce, "deliver-service": DeliverService, "deliverService": DeliverService,
		"https://w3id.org/valueflows/ont/vf#transfer-all-rights": TransferAllRights, "vf:pickup": Pickup} {
		if got, err := ParseAction(text); err != nil || got != want {
			t.Errorf("%q is %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "Produce", "lend", "deliverservice", "-use"} {
		_, err := ParseAction(text)
		t.Run(text, func(t *testing.T) { wantKind(t, err, UnknownAction) })
	}
}

// TestDirectionsAndTransfers: what Valueflows says in words beside its table.
func TestDirectionsAndTransfers(t *testing.T) {
	t.Parallel()
	for _, row := range ActionTable {
		a := row.Action
		if in := row.InputOutput == Input || row.InputOutput == OutputInput; a.IsInput() != in {
			t.Errorf("%s is an input: %v", a, a.IsInput())
		}
		if out := row.InputOutput == Output || row.InputOutput == OutputInput; a.IsOutput() != out {
			t.Errorf("%s is an output: %v", a, a.IsOutput())
		}
		if row.PairsWith != "" && row.PairsWith.Effects().PairsWith != a {
			t.Errorf("%s pairs with %s, which pairs with %s", a, row.PairsWith, row.PairsWith.Effects().PairsWith)
		}
		want := map[Action]Action{Consume: Transfer, Produce: Transfer, DeliverService: Transfer, Pickup: TransferCustody,
			Dropoff: TransferCustody, Accept: TransferCustody, Modify: TransferCustody}[a]
		if a.ImpliedTransfer() != want {
			t.Errorf("%s implies %q, want %q", a, a.ImpliedTransfer(), want)
		}
	}
	if Action("lend").IsInput() || Action("lend").IsOutput() || Action("lend").Effects() != nil {
		t.Error("an unknown action has effects")
	}
}
