package vf

// Intent is a flow that somebody wants or proposes: with a receiver alone it
// is a need, with a provider alone an offer, with a process open work.
//
// Of a need: Tier is how essential it is (lower comes first), People how many
// stand behind it (1 unless said), MinimumUsefulQuantity the least that helps,
// LatestUseful when it stops helping. Of an offer: LeadTime from asking to having,
// Preference which is drawn on first (lower first), BatchMultiple in what steps it
// comes, BudgetPeriod (day, week, month, quarter, year) that what is available
// renews. An offer of work gives the hours (EffortQuantity) of each BudgetPeriod, or
// of the whole time that it holds; Efficiency is how fast its provider is beside what
// the recipe says, and with Overload they may be planned for more.
//
// Needs that name the same Together are delivered at one time. A need with Keep
// stays in stock: "target" is met after all other needs, "floor" before them.
type Intent struct {
	ID                    ID       `json:"@id"`
	Name                  string   `json:"name,omitzero"`
	Note                  string   `json:"note,omitzero"`
	Image                 string   `json:"image,omitzero"`
	ImageList             string   `json:"imageList,omitzero"`
	Action                Action   `json:"action,omitzero"`
	InputOf               ID       `json:"inputOf,omitzero"`
	OutputOf              ID       `json:"outputOf,omitzero"`
	PlannedWithin         ID       `json:"plannedWithin,omitzero"`
	Provider              ID       `json:"provider,omitzero"`
	Receiver              ID       `json:"receiver,omitzero"`
	ResourceInventoriedAs ID       `json:"resourceInventoriedAs,omitzero"`
	ResourceConformsTo    ID       `json:"resourceConformsTo,omitzero"`
	ResourceClassifiedAs  []string `json:"resourceClassifiedAs,omitzero"`
	ResourceQuantity      Measure  `json:"resourceQuantity,omitzero"`
	EffortQuantity        Measure  `json:"effortQuantity,omitzero"`
	AvailableQuantity     Measure  `json:"availableQuantity,omitzero"`
	MinimumQuantity       Measure  `json:"minimumQuantity,omitzero"`
	Stage                 ID       `json:"stage,omitzero"`
	State                 string   `json:"state,omitzero"`
	HasBeginning          Time     `json:"hasBeginning,omitzero"`
	HasEnd                Time     `json:"hasEnd,omitzero"`
	HasPointInTime        Time     `json:"hasPointInTime,omitzero"`
	Due                   Time     `json:"due,omitzero"`
	Finished              bool     `json:"finished,omitzero"`

	Tier                  int     `json:"tier,omitzero"`
	People                int     `json:"people,omitzero"`
	MinimumUsefulQuantity Measure `json:"minimumUsefulQuantity,omitzero"`
	LatestUseful          Time    `json:"latestUseful,omitzero"`
	LeadTime              Measure `json:"leadTime,omitzero"`
	Preference            int     `json:"preference,omitzero"`
	Place                 ID      `json:"place,omitzero"`

	BatchMultiple Measure  `json:"batchMultiple,omitzero"`
	BudgetPeriod  string   `json:"budgetPeriod,omitzero"`
	Efficiency    *Decimal `json:"efficiency,omitempty"`
	Overload      Truth    `json:"overload,omitzero"`
	Together      string   `json:"together,omitzero"`
	Keep          string   `json:"keep,omitzero"`
}

// Commitment is a flow that one agent promised to another.
type Commitment struct {
	ID                    ID       `json:"@id"`
	Note                  string   `json:"note,omitzero"`
	Action                Action   `json:"action,omitzero"`
	InputOf               ID       `json:"inputOf,omitzero"`
	OutputOf              ID       `json:"outputOf,omitzero"`
	PlannedWithin         ID       `json:"plannedWithin,omitzero"`
	IndependentDemandOf   ID       `json:"independentDemandOf,omitzero"`
	Provider              ID       `json:"provider,omitzero"`
	Receiver              ID       `json:"receiver,omitzero"`
	ResourceInventoriedAs ID       `json:"resourceInventoriedAs,omitzero"`
	ResourceConformsTo    ID       `json:"resourceConformsTo,omitzero"`
	ResourceClassifiedAs  []string `json:"resourceClassifiedAs,omitzero"`
	ResourceQuantity      Measure  `json:"resourceQuantity,omitzero"`
	EffortQuantity        Measure  `json:"effortQuantity,omitzero"`
	Stage                 ID       `json:"stage,omitzero"`
	State                 string   `json:"state,omitzero"`
	HasBeginning          Time     `json:"hasBeginning,omitzero"`
	HasEnd                Time     `json:"hasEnd,omitzero"`
	HasPointInTime        Time     `json:"hasPointInTime,omitzero"`
	Due                   Time     `json:"due,omitzero"`
	Created               Time     `json:"created,omitzero"`
	Finished              bool     `json:"finished,omitzero"`
	Satisfies             []ID     `json:"satisfies,omitzero"`
	ClauseOf              ID       `json:"clauseOf,omitzero"`
	ReciprocalClauseOf    ID       `json:"reciprocalClauseOf,omitzero"`

	Place ID `json:"place,omitzero"`
}

// Claim is what is owed in return for an event that happened.
type Claim struct {
	ID                   ID       `json:"@id"`
	Note                 string   `json:"note,omitzero"`
	Action               Action   `json:"action,omitzero"`
	Provider             ID       `json:"provider,omitzero"`
	Receiver             ID       `json:"receiver,omitzero"`
	TriggeredBy          ID       `json:"triggeredBy,omitzero"`
	ResourceConformsTo   ID       `json:"resourceConformsTo,omitzero"`
	ResourceClassifiedAs []string `json:"resourceClassifiedAs,omitzero"`
	ResourceQuantity     Measure  `json:"resourceQuantity,omitzero"`
	EffortQuantity       Measure  `json:"effortQuantity,omitzero"`
	Due                  Time     `json:"due,omitzero"`
	Created              Time     `json:"created,omitzero"`
	Finished             bool     `json:"finished,omitzero"`
}

// Plan gathers processes and flows towards its deliverables.
type Plan struct {
	ID      ID     `json:"@id"`
	Name    string `json:"name,omitzero"`
	Note    string `json:"note,omitzero"`
	Due     Time   `json:"due,omitzero"`
	Created Time   `json:"created,omitzero"`
}

// Process is an activity that changes inputs into outputs.
type Process struct {
	ID            ID       `json:"@id"`
	Name          string   `json:"name,omitzero"`
	Note          string   `json:"note,omitzero"`
	BasedOn       ID       `json:"basedOn,omitzero"`
	ClassifiedAs  []string `json:"classifiedAs,omitzero"`
	PlannedWithin ID       `json:"plannedWithin,omitzero"`
	InScopeOf     []ID     `json:"inScopeOf,omitzero"`
	HasBeginning  Time     `json:"hasBeginning,omitzero"`
	HasEnd        Time     `json:"hasEnd,omitzero"`
	Finished      bool     `json:"finished,omitzero"`
}

// Agreement is a set of commitments made for each other.
type Agreement struct {
	ID        ID     `json:"@id"`
	Name      string `json:"name,omitzero"`
	Note      string `json:"note,omitzero"`
	Created   Time   `json:"created,omitzero"`
	BundledIn ID     `json:"bundledIn,omitzero"`
}

// AgreementBundle gathers agreements, for example the lines of an order.
type AgreementBundle struct {
	ID      ID     `json:"@id"`
	Name    string `json:"name,omitzero"`
	Note    string `json:"note,omitzero"`
	Created Time   `json:"created,omitzero"`
}

// Proposal publishes offers or requests, with what is expected in return. The
// intents in Reciprocal are never needs.
type Proposal struct {
	ID               ID     `json:"@id"`
	Name             string `json:"name,omitzero"`
	Note             string `json:"note,omitzero"`
	Purpose          string `json:"purpose,omitzero"`
	UnitBased        Truth  `json:"unitBased,omitzero"`
	HasBeginning     Time   `json:"hasBeginning,omitzero"`
	HasEnd           Time   `json:"hasEnd,omitzero"`
	Created          Time   `json:"created,omitzero"`
	Publishes        []ID   `json:"publishes,omitzero"`
	Reciprocal       []ID   `json:"reciprocal,omitzero"`
	ProposedTo       []ID   `json:"proposedTo,omitzero"`
	ListedIn         []ID   `json:"listedIn,omitzero"`
	EligibleLocation ID     `json:"eligibleLocation,omitzero"`
}

// ProposalList publishes several proposals together.
type ProposalList struct {
	ID         ID     `json:"@id"`
	Name       string `json:"name,omitzero"`
	Note       string `json:"note,omitzero"`
	Created    Time   `json:"created,omitzero"`
	ProposedTo []ID   `json:"proposedTo,omitzero"`
}
