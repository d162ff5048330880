package vf

// ProcessSpecification is a kind of process, and so also a stage: "spun".
type ProcessSpecification struct {
	ID    ID     `json:"@id"`
	Name  string `json:"name,omitzero"`
	Note  string `json:"note,omitzero"`
	Image string `json:"image,omitzero"`
}

// ResourceSpecification is a kind of thing, service, skill or currency. Budget is
// the limit for all that is used, consumed or produced of it in one BudgetPeriod
// (day, week, month, quarter, year): a season's water, a year's emissions. With
// Overload the limit may be passed, and that is shown.
type ResourceSpecification struct {
	ID                    ID       `json:"@id"`
	Name                  string   `json:"name,omitzero"`
	Note                  string   `json:"note,omitzero"`
	Image                 string   `json:"image,omitzero"`
	ImageList             string   `json:"imageList,omitzero"`
	DefaultUnitOfResource ID       `json:"defaultUnitOfResource,omitzero"`
	DefaultUnitOfEffort   ID       `json:"defaultUnitOfEffort,omitzero"`
	ResourceClassifiedAs  []string `json:"resourceClassifiedAs,omitzero"`
	Substitutable         Truth    `json:"substitutable,omitzero"`
	MediumOfExchange      Truth    `json:"mediumOfExchange,omitzero"`

	Budget       Measure `json:"budget,omitzero"`
	BudgetPeriod string  `json:"budgetPeriod,omitzero"`
	Overload     Truth   `json:"overload,omitzero"`
}

// Recipe gathers the recipe processes that together make its primary output.
type Recipe struct {
	ID             ID     `json:"@id"`
	Name           string `json:"name,omitzero"`
	Note           string `json:"note,omitzero"`
	PrimaryOutput  ID     `json:"primaryOutput,omitzero"`
	RecipeIncludes []ID   `json:"recipeIncludes,omitzero"`
}

// RecipeProcess says how one step is done: how long it takes (HasDuration, plus
// DurationPerUnit for each unit that it puts out), who can do it, how much at
// once, what share of its output is good, between which dates it is in force, where
// it is done (Place), how long it takes to set up (SetUp, once in each process), and
// when it can be worked on (WorkTime, iCalendar lines). Times are work time.
type RecipeProcess struct {
	ID                  ID       `json:"@id"`
	Name                string   `json:"name,omitzero"`
	Note                string   `json:"note,omitzero"`
	Image               string   `json:"image,omitzero"`
	ProcessConformsTo   ID       `json:"processConformsTo,omitzero"`
	ProcessClassifiedAs []string `json:"processClassifiedAs,omitzero"`
	HasDuration         Measure  `json:"hasDuration,omitzero"`

	DurationPerUnit Measure  `json:"durationPerUnit,omitzero"`
	PerformedBy     ID       `json:"performedBy,omitzero"`
	Preference      int      `json:"preference,omitzero"`
	LeastBatch      Measure  `json:"leastBatch,omitzero"`
	BatchMultiple   Measure  `json:"batchMultiple,omitzero"`
	LargestBatch    Measure  `json:"largestBatch,omitzero"`
	Yield           *Decimal `json:"yield,omitempty"`
	ValidFrom       Time     `json:"validFrom,omitzero"`
	ValidUntil      Time     `json:"validUntil,omitzero"`
	SetUp           Measure  `json:"setUp,omitzero"`
	Place           ID       `json:"place,omitzero"`
	WorkTime        []string `json:"workTime,omitzero"`
}

// RecipeFlow is an input or output of a recipe process, or a clause of a recipe
// exchange. PerBatch flows occur once in each process, whatever its size.
type RecipeFlow struct {
	ID                       ID       `json:"@id"`
	Note                     string   `json:"note,omitzero"`
	Action                   Action   `json:"action,omitzero"`
	RecipeInputOf            ID       `json:"recipeInputOf,omitzero"`
	RecipeOutputOf           ID       `json:"recipeOutputOf,omitzero"`
	RecipeClauseOf           ID       `json:"recipeClauseOf,omitzero"`
	RecipeReciprocalClauseOf ID       `json:"recipeReciprocalClauseOf,omitzero"`
	ResourceConformsTo       ID       `json:"resourceConformsTo,omitzero"`
	ResourceClassifiedAs     []string `json:"resourceClassifiedAs,omitzero"`
	ResourceQuantity         Measure  `json:"resourceQuantity,omitzero"`
	EffortQuantity           Measure  `json:"effortQuantity,omitzero"`
	Stage                    ID       `json:"stage,omitzero"`
	State                    string   `json:"state,omitzero"`

	PerBatch bool `json:"perBatch,omitzero"`
	Place    ID   `json:"place,omitzero"`
}

// RecipeExchange is a kind of agreement that a recipe stipulates.
type RecipeExchange struct {
	ID   ID     `json:"@id"`
	Name string `json:"name,omitzero"`
	Note string `json:"note,omitzero"`
}

// Unit is a unit of measure. Step is the smallest quantity there is of it, and
// Equals says what one of it amounts to in another unit ("1 crate = 12 kg").
type Unit struct {
	ID               ID       `json:"@id"`
	Label            string   `json:"label,omitzero"`
	Symbol           string   `json:"symbol,omitzero"`
	OmUnitIdentifier string   `json:"omUnitIdentifier,omitzero"`
	ClassifiedAs     []string `json:"classifiedAs,omitzero"`

	Step   *Decimal `json:"step,omitempty"`
	Equals Measure  `json:"equals,omitzero"`
}

// SpatialThing is a place on Earth. Parallel is for how many processes at a time it
// has room (0: any number), WorkTime when it is open (iCalendar lines).
type SpatialThing struct {
	ID                  ID       `json:"@id"`
	Name                string   `json:"name,omitzero"`
	Note                string   `json:"note,omitzero"`
	Lat                 *Decimal `json:"lat,omitempty"`
	Long                *Decimal `json:"long,omitempty"`
	Alt                 *Decimal `json:"alt,omitempty"`
	MappableAddress     string   `json:"mappableAddress,omitzero"`
	HasDetailedGeometry string   `json:"hasDetailedGeometry,omitzero"`

	Parallel int      `json:"parallel,omitzero"`
	WorkTime []string `json:"workTime,omitzero"`
	Overload Truth    `json:"overload,omitzero"`
}
