package plan_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"commonweal/plan"
	"commonweal/vf"
)

// ours is a network that has nothing in common with the random ones: of each kind a need.
const ours = `now 0
agent us open mon-fri/8-16
machine loom of Loom parallel 1 open mon-fri/8-16
hours us sewing 30 week
recipe ours days 1 by us makes Ours 1 takes Cloth 2 uses Loom 1 works sewing 1
recipe weave days 1 least 2 most 4 makes Cloth 1 takes Yarn 1
stock Yarn 30
need ours1 Ours 2 on 20
need ours2 Ours 1 on 1
need ours3 Cloth 90 on 30 tier 1
`

// absurd are values that no person means, as far as fields can hold them.
func absurd(t *rapid.T, v reflect.Value) bool {
	switch x := v.Addr().Interface().(type) {
	case *vf.Measure:
		if x.HasUnit == "" {
			return false
		}
		x.HasNumericalValue = *decimal(rapid.SampledFrom([]string{"0", "0.000001", "1000000000", "999999999999", "999999999999999999", "-5"}).Draw(t, "amount"))
		return true
	case *vf.Time:
		*x = vf.At(rapid.SampledFrom([]int64{-62135596800, 0, 253402300799, epoch + 86400}).Draw(t, "time"))
		return true
	case **vf.Decimal:
		*x = decimal(rapid.SampledFrom([]string{"0", "0.000000000001", "999999999999", "-1"}).Draw(t, "number"))
		return true
	case *int:
		*x = rapid.SampledFrom([]int{-1, 0, 1 << 31, 1<<63 - 1, -1 << 63}).Draw(t, "count")
		return true
	case *[]string:
		if v.Len() == 0 {
			return false
		}
		*x = []string{rapid.SampledFrom([]string{"", "RRULE", openNever, "DTSTART:20260101T080000Z\nDURATION:PT1S\nRRULE:FREQ=HOURLY", "DTSTART:00010101T000000Z\nDTEND:99991231T000000Z"}).Draw(t, "text")}
		return true
	}
	return false
}

// oneAbsurd is a record with absurd values in some of its fields.
func oneAbsurd(t *rapid.T, r vf.Record) vf.Record {
	c := reflect.New(reflect.TypeOf(r).Elem())
	c.Elem().Set(reflect.ValueOf(r).Elem())
	for range rapid.IntRange(1, 3).Draw(t, "fields") {
		absurd(t, c.Elem().Field(rapid.IntRange(0, c.Elem().NumField()-1).Draw(t, "field")))
	}
	return c.Interface().(vf.Record)
}

// withAbsurd is the network with absurd values in some of its records, units aside; and
// the changes that made it so.
func withAbsurd(t *rapid.T, n *network) (*network, []changed) {
	var changes []changed
	seen := map[vf.Record]bool{}
	records := n.g.All()
	for range rapid.IntRange(1, 4).Draw(t, "records") {
		r := rapid.SampledFrom(records).Draw(t, "record")
		if _, is := r.(*vf.Unit); !is && !seen[r] {
			seen[r] = true
			changes = append(changes, changed{r, oneAbsurd(t, r)})
		}
	}
	return n.applied(changes), changes
}

// saysOfUs is what a plan says of our needs, and of who stands in their way.
func saysOfUs(p *plan.Plan) string {
	r := p.Report()
	var list []any
	for _, d := range r.Needs {
		if strings.HasPrefix(string(d.ID), "ours") {
			list = append(list, d.ID, d.State, d.Coverage)
		}
	}
	for _, x := range r.Processes {
		if x.PerformedBy == "us" {
			list = append(list, x)
		}
	}
	raw, err := json.Marshal(list)
	return fmt.Sprint(string(raw), err)
}

// Whatever stands in the records of others, a plan is made, and it says the same of us.
func TestNoRecordTakesThePlanFromOthers(t *testing.T) {
	t.Parallel()
	own := readCase(ours)
	want := saysOfUs(mustPlan(t, own))
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				n, _ := withAbsurd(t, k.draw(t))
				for _, r := range own.g.All() {
					if _, is := r.(*vf.Unit); !is {
						n.g.Add(r)
					}
				}
				if got := saysOfUs(mustPlan(t, n)); got != want {
					t.Fatalf("of us it says\n%s\nwant\n%s", got, want)
				}
			})
		})
	}
}

// A change of absurd records, to absurd ones and back, gives the plan made anew.
func TestFollowingAbsurdRecords(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				n := k.draw(t)
				p := mustPlan(t, n)
				var before []changed
				for range 3 {
					_, changes := withAbsurd(t, n)
					if len(before) > 0 && rapid.Bool().Draw(t, "back") {
						changes = before
					}
					before = nil
					list := make([]plan.FactChange, len(changes))
					for i, c := range changes {
						list[i] = plan.FactChange{Before: c.before, After: c.after}
						before = append(before, changed{c.after, c.before})
					}
					m := n.applied(changes)
					q, _, err := p.Change(list...)
					if err != nil {
						t.Fatal(err)
					}
					anew := mustPlan(t, m)
					followed, _ := json.Marshal(q.Report())
					planned, _ := json.Marshal(anew.Report())
					if q.Hash() != anew.Hash() || string(followed) != string(planned) {
						t.Fatalf("after %s they part at %s", strings.Join(changeTexts(changes), "\n"), parting(string(followed), string(planned)))
					}
					n, p = m, q
				}
			})
		})
	}
}
