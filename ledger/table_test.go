package ledger_test

import (
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"commonweal/ledger"
	"commonweal/rule"
	"commonweal/vf"
)

// The tables in testdata are stories, a line each:
//
//	unit ID OM-NAME          a unit, for example: unit kg kilogram
//	put CLASS ID p=v …       declare or change a record
//	ACTION ID p=v …          post an event; in the short names below
//	refused RULE [text]      the line before is refused by this rule, its error containing the text
//	see ID p=v …             a record has these values; p= says that it has none
//	done ID QUANTITY         so much of a promise is filled
//	trace ID, track ID       then lines "| EVENT QUANTITY SHARE", the share as a fraction such as 3/4
//	labour ID UNIT           then "| TOTAL PER-UNIT of QUANTITY"
//	rollup ID UNIT SPEC=RATE/FOR …  the same, with rates such as wool=3usd/1kg
//
// A quantity is written 12.5kg. Unless said, an event happens an hour after the
// one before it, on 1 May 2023 and the days after.
var short = map[string]string{
	"from": "resourceInventoriedAs", "to": "toResourceInventoriedAs", "of": "resourceConformsTo", "q": "resourceQuantity",
	"effort": "effortQuantity", "by": "provider", "for": "receiver", "in": "inputOf", "out": "outputOf", "at": "hasPointInTime",
	"begin": "hasBeginning", "end": "hasEnd", "place": "toLocation", "accounting": "accountingQuantity", "onhand": "onhandQuantity",
	"owner": "primaryAccountable", "inside": "containedIn",
}

var quantity = regexp.MustCompile(`^(-?[0-9.]+)([a-z]+)$`)

type story struct {
	t     *testing.T
	s     *ledger.State
	clock int64
	line  string
	err   error // of the last line, not yet expected
	rows  []string
}

func TestTables(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tables: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			st := &story{t: t, s: ledger.New(), clock: 1682899200}
			for i, line := range strings.Split(string(text), "\n") {
				line = strings.TrimSpace(line)
				if line == "" || strings.HasPrefix(line, "#") {
					continue
				}
				st.do(i+1, line)
			}
			st.settle(0)
			checkReload(t, st.s)
		})
	}
}

// settle fails if the line before was refused, or its rows not all expected.
func (st *story) settle(at int) {
	st.t.Helper()
	if st.err != nil {
		st.t.Fatalf("line before %d: %s\nunexpectedly refused: %v", at, st.line, st.err)
	}
	if len(st.rows) > 0 {
		st.t.Fatalf("line before %d: more rows:\n%s", at, strings.Join(st.rows, "\n"))
	}
}

func (st *story) do(at int, line string) {
	st.t.Helper()
	words := strings.Fields(line)
	if words[0] == "refused" {
		st.refused(at, words[1], strings.TrimSpace(strings.TrimPrefix(line, "refused "+words[1])))
		return
	}
	if words[0] == "|" {
		if len(st.rows) == 0 || strings.Join(strings.Fields(st.rows[0]), " ") != strings.Join(words, " ") {
			st.t.Fatalf("line %d: want %s, have rows:\n%s", at, line, strings.Join(st.rows, "\n"))
		}
		st.rows = st.rows[1:]
		return
	}
	st.settle(at)
	st.line = line
	switch words[0] {
	case "unit":
		st.err = st.put("Unit", words[1], []string{"omUnitIdentifier=" + words[2], "symbol=" + words[1]})
	case "put":
		st.err = st.put(words[1], words[2], words[3:])
	case "see":
		st.see(at, words[1], words[2:])
	case "done":
		d := st.s.Done(vf.ID(words[1]))
		have := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(d.Resource.String()+"+"+d.Effort.String(), "0 +"), "+0 "), " ", "")
		if have != words[2] {
			st.t.Fatalf("line %d: %s has %s", at, line, have)
		}
	case "trace", "track":
		follow := st.s.Trace
		if words[0] == "track" {
			follow = st.s.Track
		}
		rows, err := follow(vf.ID(words[1]))
		st.err = err
		for _, r := range rows {
			st.rows = append(st.rows, strings.Join(strings.Fields("| "+string(r.Event.ID)+" "+squeeze(r.Quantity)+" "+squeeze(r.Effort)+" "+r.Share.RatString()+" "+string(r.Implied)), " "))
		}
	case "labour", "rollup":
		st.rollup(words)
	default:
		st.clock += 3600
		fields := append([]string{"action=" + words[0]}, words[2:]...)
		if !strings.Contains(line, " at=") && !strings.Contains(line, " begin=") && !strings.Contains(line, " end=") {
			fields = append(fields, "at="+vf.At(st.clock).String())
		}
		before := snapshot(st.s)
		st.err = st.put("EconomicEvent", words[1], fields)
		if st.err != nil && before != snapshot(st.s) {
			st.t.Fatalf("line %d: %s\nwas refused, but changed the books", at, line)
		}
	}
}

func squeeze(m vf.Measure) string {
	if m.IsZero() {
		return ""
	}
	return strings.ReplaceAll(m.String(), " ", "")
}

func measure(text string) vf.Measure {
	q := quantity.FindStringSubmatch(text)
	d, err := vf.ParseDecimal(q[1])
	if err != nil {
		panic(err)
	}
	return vf.Measure{HasNumericalValue: d, HasUnit: vf.ID(q[2])}
}

func (st *story) rollup(words []string) {
	id, unit := vf.ID(words[1]), vf.ID(words[2])
	var rolled ledger.Rolled
	if words[0] == "labour" {
		rolled, st.err = st.s.Labour(id, unit)
	} else {
		rates := map[vf.ID]ledger.Rate{}
		for _, w := range words[3:] {
			spec, text, _ := strings.Cut(w, "=")
			amounts, per, _ := strings.Cut(text, "/")
			rates[vf.ID(spec)] = ledger.Rate{For: measure(per), Amounts: measure(amounts)}
		}
		rolled, st.err = st.s.Rollup(id, unit, rates)
	}
	if st.err == nil {
		st.rows = []string{"| " + squeeze(rolled.Total) + " " + squeeze(rolled.PerUnit) + " of " + squeeze(rolled.Quantity)}
	}
}

func (st *story) refused(at int, name, text string) {
	st.t.Helper()
	var r *rule.Refusal
	if !errors.As(st.err, &r) {
		st.t.Fatalf("line %d: wanted refusal %s of %q, have %v", at, name, st.line, st.err)
	}
	if string(r.Rule) != name || !strings.Contains(r.Error(), text) {
		st.t.Fatalf("line %d: wanted %s %q, have %v", at, name, text, r)
	}
	if !rule.Known(r.Rule) || strings.Contains(r.Error(), "{") {
		st.t.Fatalf("line %d: the sentence is not whole: %v", at, r)
	}
	st.err = nil
}

// record makes a record of fields p=v.
func record(class, id string, fields []string) (vf.Record, error) {
	m := map[string]any{"@type": class, "@id": id}
	kinds := map[string]reflect.Type{}
	for _, f := range vf.Fields(vf.Class(class)) {
		kinds[f.Name] = f.Type
	}
	for _, field := range fields {
		name, value, _ := strings.Cut(field, "=")
		if long := short[name]; long != "" {
			name = long
		}
		if value == "" {
			continue
		}
		switch q := quantity.FindStringSubmatch(value); {
		case q != nil && kinds[name] == reflect.TypeFor[vf.Measure]():
			m[name] = map[string]string{"hasNumericalValue": q[1], "hasUnit": q[2]}
		case kinds[name] == reflect.TypeFor[[]vf.ID]():
			m[name] = strings.Split(value, ",")
		case value == "true":
			m[name] = true
		default:
			m[name] = value
		}
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return vf.Decode(raw)
}

func (st *story) put(class, id string, fields []string) error {
	st.t.Helper()
	r, err := record(class, id, fields)
	if err != nil {
		st.t.Fatalf("%s: %v", st.line, err)
	}
	return st.s.Put(r)
}

func (st *story) see(at int, id string, fields []string) {
	st.t.Helper()
	r := st.s.Record(vf.ID(id))
	if r == nil {
		st.t.Fatalf("line %d: there is no %s", at, id)
	}
	raw, _ := vf.Encode(r)
	have := map[string]any{}
	if err := json.Unmarshal(raw, &have); err != nil {
		st.t.Fatal(err)
	}
	for _, field := range fields {
		name, want, _ := strings.Cut(field, "=")
		if long := short[name]; long != "" {
			name = long
		}
		text := ""
		switch v := have[name].(type) {
		case string:
			text = v
		case bool:
			text = "true"
		case map[string]any:
			text = v["hasNumericalValue"].(string) + v["hasUnit"].(string)
		}
		if text != want {
			st.t.Errorf("line %d: %s: %s is %q, wanted %q", at, id, name, text, want)
		}
	}
}

// snapshot writes all that a state says.
func snapshot(s *ledger.State) string {
	var b strings.Builder
	for _, r := range s.Records() {
		raw, _ := vf.Encode(r)
		b.Write(raw)
		b.WriteByte('\n')
	}
	for _, key := range s.Keys() {
		if s.Kept(key) == (ledger.Kept{}) { // a key of the ground, of a record alone
			continue
		}
		raw, _ := json.Marshal(s.Kept(key))
		b.WriteString(key + " " + string(raw) + "\n")
	}
	return b.String()
}

// written is what a state said, each record and what is kept of it as bytes, for
// another to stand on.
type written struct {
	records, kept map[string][]byte
	events        []vf.ID
}

func (w *written) Record(key string) vf.Record {
	r, err := vf.Decode(w.records[key])
	if err != nil {
		return nil
	}
	return r
}

func (w *written) Kept(key string) (k ledger.Kept) {
	_ = json.Unmarshal(w.kept[key], &k) // what there is none of stays nil
	return k
}

func (w *written) Posted() iter.Seq[vf.ID] { return slices.Values(w.events) }

func (w *written) Keys() iter.Seq[string] {
	all := maps.Clone(w.records)
	maps.Copy(all, w.kept)
	return slices.Values(slices.Sorted(maps.Keys(all)))
}

// onGround returns a state that stands on what another one says.
func onGround(s *ledger.State) *ledger.State {
	w := &written{map[string][]byte{}, map[string][]byte{}, ids(s.Events())}
	var units []vf.ID
	for _, r := range s.Records() {
		w.records[string(r.Key())], _ = vf.Encode(r)
		if _, ok := r.(*vf.Unit); ok {
			units = append(units, r.Key())
		}
	}
	for _, key := range s.Keys() {
		w.kept[key], _ = json.Marshal(s.Kept(key))
	}
	return ledger.On(w, int64(len(w.events)), units)
}

// checkReload stands on what the state says, which must give the same books.
func checkReload(t *testing.T, s *ledger.State) {
	t.Helper()
	if have, want := snapshot(onGround(s)), snapshot(s); have != want {
		t.Errorf("what was written says otherwise:\n%s\nwant\n%s", have, want)
	}
}
