package vf

// Agent is somebody who acts: a Person, an Organization, an EcologicalAgent, or
// just an Agent; Type says which. WorkTime says when they work (iCalendar lines),
// Frozen for how long from now on nothing new may begin that they perform, PartOf
// of which scope a circle, group or project is a part.
type Agent struct {
	ID              ID       `json:"@id"`
	Type            Class    `json:"-"`
	Name            string   `json:"name,omitzero"`
	Note            string   `json:"note,omitzero"`
	Image           string   `json:"image,omitzero"`
	ClassifiedAs    []string `json:"classifiedAs,omitzero"`
	PrimaryLocation ID       `json:"primaryLocation,omitzero"`

	WorkTime []string `json:"workTime,omitzero"`
	Frozen   Measure  `json:"frozen,omitzero"`
	PartOf   ID       `json:"partOf,omitzero"`
}

// EconomicResource is something that there is, with what is rightfully the
// accountable agent's (AccountingQuantity) and what is at hand (OnhandQuantity).
// Its economic properties change by events only.
//
// Of a machine or another thing that is used: Parallel is how many processes can
// use it at a time (1 unless said), WorkTime when it runs (iCalendar lines),
// Efficiency how fast it is beside what the recipe says (1 unless said), Preference
// which of several is used first (lower first), Budget for how long it can be used in
// one BudgetPeriod (day, week, month, quarter, year); with Overload it may be used
// beyond all that, and that is shown.
type EconomicResource struct {
	ID                      ID       `json:"@id"`
	Name                    string   `json:"name,omitzero"`
	Note                    string   `json:"note,omitzero"`
	Image                   string   `json:"image,omitzero"`
	ImageList               string   `json:"imageList,omitzero"`
	TrackingIdentifier      string   `json:"trackingIdentifier,omitzero"`
	ConformsTo              ID       `json:"conformsTo,omitzero"`
	ClassifiedAs            []string `json:"classifiedAs,omitzero"`
	PrimaryAccountable      ID       `json:"primaryAccountable,omitzero"`
	AccountingQuantity      Measure  `json:"accountingQuantity,omitzero"`
	OnhandQuantity          Measure  `json:"onhandQuantity,omitzero"`
	UnitOfEffort            ID       `json:"unitOfEffort,omitzero"`
	Stage                   ID       `json:"stage,omitzero"`
	State                   string   `json:"state,omitzero"`
	ContainedIn             ID       `json:"containedIn,omitzero"`
	OfBatchLot              ID       `json:"ofBatchLot,omitzero"`
	CurrentLocation         ID       `json:"currentLocation,omitzero"`
	CurrentVirtualLocation  string   `json:"currentVirtualLocation,omitzero"`
	CurrentCurrencyLocation string   `json:"currentCurrencyLocation,omitzero"`

	Parallel     int      `json:"parallel,omitzero"`
	WorkTime     []string `json:"workTime,omitzero"`
	Efficiency   *Decimal `json:"efficiency,omitempty"`
	Preference   int      `json:"preference,omitzero"`
	Budget       Measure  `json:"budget,omitzero"`
	BudgetPeriod string   `json:"budgetPeriod,omitzero"`
	Overload     Truth    `json:"overload,omitzero"`
}

// EconomicEvent is something that happened to resources. Negative quantities
// are legal only where it corrects an earlier event.
type EconomicEvent struct {
	ID                      ID       `json:"@id"`
	Note                    string   `json:"note,omitzero"`
	Image                   string   `json:"image,omitzero"`
	Action                  Action   `json:"action,omitzero"`
	InputOf                 ID       `json:"inputOf,omitzero"`
	OutputOf                ID       `json:"outputOf,omitzero"`
	Provider                ID       `json:"provider,omitzero"`
	Receiver                ID       `json:"receiver,omitzero"`
	ResourceInventoriedAs   ID       `json:"resourceInventoriedAs,omitzero"`
	ToResourceInventoriedAs ID       `json:"toResourceInventoriedAs,omitzero"`
	ResourceConformsTo      ID       `json:"resourceConformsTo,omitzero"`
	ResourceClassifiedAs    []string `json:"resourceClassifiedAs,omitzero"`
	ResourceQuantity        Measure  `json:"resourceQuantity,omitzero"`
	EffortQuantity          Measure  `json:"effortQuantity,omitzero"`
	State                   string   `json:"state,omitzero"`
	ToLocation              ID       `json:"toLocation,omitzero"`
	HasBeginning            Time     `json:"hasBeginning,omitzero"`
	HasEnd                  Time     `json:"hasEnd,omitzero"`
	HasPointInTime          Time     `json:"hasPointInTime,omitzero"`
	Created                 Time     `json:"created,omitzero"`
	Fulfills                []ID     `json:"fulfills,omitzero"`
	Satisfies               []ID     `json:"satisfies,omitzero"`
	Settles                 []ID     `json:"settles,omitzero"`
	Corrects                ID       `json:"corrects,omitzero"`
	RealizationOf           ID       `json:"realizationOf,omitzero"`
	ReciprocalRealizationOf ID       `json:"reciprocalRealizationOf,omitzero"`
}

// BatchLotRecord documents one batch or lot.
type BatchLotRecord struct {
	ID             ID     `json:"@id"`
	BatchLotCode   string `json:"batchLotCode,omitzero"`
	ExpirationDate Time   `json:"expirationDate,omitzero"`
}
