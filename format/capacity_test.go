package format

import (
	"fmt"
	"strings"
	"testing"

	"commonweal/vf"
)

// capacityFaults are refused like faultCases: what they say of when, how fast and
// how much at once makes no sense.
var capacityFaults = []struct{ input, rule, place string }{
	{having("Person", `"name": "Bo", "workTime": ["RRULE:FREQ=DAILY"]`), "badWorkTime", "f.jsonld:9:1: x workTime"},
	{having("Organization", `"name": "Bo", "workTime": ["DTSTART:20260105T080000"]`), "badWorkTime", "f.jsonld:9:1: x workTime"},
	{having("SpatialThing", `"workTime": ["DTSTART:20260105\nRRULE:FREQ=SECONDLY"]`), "badWorkTime", "f.jsonld:9:1: x workTime"},
	{having("EconomicResource", `"conformsTo": "wool", "workTime": ["BEGIN:VJOURNAL"]`), "badWorkTime", "f.jsonld:9:1: x workTime"},
	{having("EconomicResource", `"conformsTo": "wool", "workTime": ["DTSTART;TZID=Europe/Berlin:20260105", "EXDATE;TZID=Mars/North:20260105"]`), "unknownZone", "f.jsonld:9:1: x workTime"},
	{making(`"workTime": ["DTSTART:20261305"]`, wool), "badWorkTime", "f.jsonld:9:1: m workTime"},
	{making(`"setUp": "2 kg"`, wool), "notADuration", "f.jsonld:9:1: m setUp"},
	{making(`"setUp": "-2 h"`, wool), "negativeQuantity", "f.jsonld:9:1: m setUp"},
	{having("Person", `"name": "Bo", "frozen": "2 kg"`), "notADuration", "f.jsonld:9:1: x frozen"},
	{having("SpatialThing", `"parallel": -1`), "badAmount", "f.jsonld:9:1: x parallel"},
	{having("EconomicResource", `"conformsTo": "wool", "parallel": -2`), "badAmount", "f.jsonld:9:1: x parallel"},
	{having("EconomicResource", `"conformsTo": "wool", "efficiency": 0`), "notOverZero", "f.jsonld:9:1: x efficiency"},
	{having("EconomicResource", `"conformsTo": "wool", "budget": "40 kg", "budgetPeriod": "week"`), "notADuration", "f.jsonld:9:1: x budget"},
	{having("EconomicResource", `"conformsTo": "wool", "budget": "40 h"`), "missingProperty", "f.jsonld:9:1: x budgetPeriod"},
	{having("ResourceSpecification", `"name": "Water", "budget": "40 L", "budgetPeriod": "season"`), "badProperty", "f.jsonld:9:1: x budgetPeriod"},
	{having("ResourceSpecification", `"name": "Water", "budget": "40 L"`), "missingProperty", "f.jsonld:9:1: x budgetPeriod"},
	{having("ResourceSpecification", `"name": "Water", "defaultUnitOfResource": "L", "defaultUnitOfEffort": "h", "budget": "40 kg", "budgetPeriod": "year"`), "unitMismatch", "f.jsonld:9:1: x budget"},
	{need(`"resourceQuantity": "1 kg", "budgetPeriod": "Week"`), "badProperty", "f.jsonld:9:1: n budgetPeriod"},
	{need(`"resourceQuantity": "1 kg", "keep": "forever"`), "badProperty", "f.jsonld:9:1: n keep"},
	{need(`"resourceQuantity": "1 kg", "efficiency": -0.5`), "notOverZero", "f.jsonld:9:1: n efficiency"},
	{need(`"resourceQuantity": "1 kg", "batchMultiple": "0 kg"`), "notOverZero", "f.jsonld:9:1: n batchMultiple"},
}

func having(class, rest string) string {
	return fmt.Sprintf(`{"@id": "x", "@type": %q, %s}`, class, rest)
}

// TestCapacityIsReadAndWritten reads what is right, and finds the lines of work
// time in their order after writing.
func TestCapacityIsReadAndWritten(t *testing.T) {
	t.Parallel()
	records := []string{
		having("Person", `"name": "Bo", "frozen": "12 h", "workTime": ["DTSTART;TZID=Europe/Berlin:20260105T080000", "DTEND:20260105T160000", "RRULE:FREQ=WEEKLY;BYDAY=MO,TU", "BEGIN:VEVENT", "DTSTART:20260106", "END:VEVENT"]`),
		`{"@id": "loom", "@type": "EconomicResource", "conformsTo": "wool", "parallel": 2, "efficiency": "1.5", "budget": "40 h", "budgetPeriod": "week"}`,
		`{"@id": "water", "@type": "ResourceSpecification", "name": "Water", "defaultUnitOfResource": "L", "defaultUnitOfEffort": "h", "budget": "2 h", "budgetPeriod": "quarter"}`,
		`{"@id": "air", "@type": "ResourceSpecification", "name": "Air", "budget": "0 kg", "budgetPeriod": "year"}`,
		`{"@id": "hall", "@type": "SpatialThing", "parallel": 3, "workTime": "DTSTART:20260105\nRRULE:FREQ=DAILY"}`,
		need(`"resourceQuantity": "1 kg", "keep": "floor", "together": "feast"`), making(`"setUp": "2 h", "place": "hall"`, wool),
	}
	g := read(t, "f.jsonld", []byte(`{"@graph": [`+base+strings.Join(records, ",")+`]}`))
	var out strings.Builder
	if err := WriteNetwork(&out, g, ""); err != nil {
		t.Fatal(err)
	}
	again := read(t, "again.jsonld", []byte(out.String()))
	same(t, g, again)
	for _, a := range again.Agents {
		blocks, err := vf.ParseWorkTime(a.WorkTime)
		if a.ID == "x" && (err != nil || len(blocks) != 2 || !blocks[1].Closed || blocks[0].Repeats == nil) {
			t.Errorf("%v is read as %v, %v", a.WorkTime, blocks, err)
		}
	}
}
