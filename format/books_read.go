package format

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"commonweal/rule"
	"commonweal/vf"
)

// Listed is what a list says beside the books.
type Listed struct {
	New     []vf.Record // not in the books
	Changed []vf.Record // in the books, and as the list says them, whole
	Same    int         // rows that say what is in the books
}

// ReadCSV reads one of [Lists], as WriteCSV writes it or as people keep it: a
// header with the names of the columns, in any order, some of them left out;
// separated by comma, semicolon or tab. A row whose id is in the books says it
// anew: what stands in its cells is changed, the rest stays. The column
// specification_name is for people and is not read. An action left out of needs
// and offers is transfer. The error is [Refusals], placed by line and column, or
// that of the reader.
func ReadCSV(f File, list string, known *vf.Graph) (*Listed, error) {
	if known == nil {
		known = &vf.Graph{}
	}
	form, ok := listForms[list]
	if !ok {
		return nil, Refusals{rule.Refuse("unknownList", "list", list, "wanted", strings.Join(Lists, ", "))}
	}
	r := &listReader{file: f.Name, list: list, form: form, books: map[vf.ID]vf.Record{}, places: map[vf.ID]string{}}
	for _, rec := range known.All() {
		r.books[rec.Key()] = rec
	}
	units, err := vf.NewUnits(known.Units)
	if err != nil {
		return nil, Refusals{refusalOf(err)}
	}
	r.units = units
	r.shown = newBookWriter(&r.row, known.ResourceSpecifications, known.Units)
	if err := r.read(f.Data); err != nil && !errors.Is(err, errEnough) {
		var refusal *rule.Refusal
		if !errors.As(err, &refusal) {
			return nil, err
		}
		r.faults.add(refusal)
	}
	if r.faults.list == nil {
		g := &vf.Graph{}
		g.Add(slices.Concat(r.out.New, r.out.Changed)...)
		check(g, known, &r.faults, func(id vf.ID) string { return r.places[id] })
	}
	if err := r.faults.err(); err != nil {
		return nil, err
	}
	return &r.out, nil
}

// listForm is how a list is laid out: its class, its columns, and how a record is
// written as a row.
type listForm struct {
	class   vf.Class
	columns []string
	holds   map[string]string // column → property; those of measures hold the number, with the unit in the next one
	write   func(b *bookWriter, r vf.Record)
}

var intentForm = listForm{"Intent", intentColumns, map[string]string{"name": "name", "action": "action", "specification": "resourceConformsTo",
	"quantity": "resourceQuantity", "available": "availableQuantity", "minimum": "minimumQuantity", "provider": "provider", "receiver": "receiver",
	"from": "hasBeginning", "until": "hasEnd", "due": "due", "tier": "tier", "people": "people", "finished": "finished"},
	func(b *bookWriter, r vf.Record) { b.intent(r.(*vf.Intent)) }}

var listForms = map[string]listForm{
	"needs": intentForm, "offers": intentForm,
	"resources": {"EconomicResource", resourceColumns, map[string]string{"name": "name", "specification": "conformsTo", "accounting": "accountingQuantity",
		"onhand": "onhandQuantity", "accountable": "primaryAccountable", "stage": "stage", "state": "state", "location": "currentLocation",
		"contained_in": "containedIn", "lot": "ofBatchLot"}, func(b *bookWriter, r vf.Record) { b.resource(r.(*vf.EconomicResource)) }},
	"commitments": {"Commitment", commitmentColumns, map[string]string{"action": "action", "specification": "resourceConformsTo", "quantity": "resourceQuantity",
		"effort": "effortQuantity", "provider": "provider", "receiver": "receiver", "input_of": "inputOf", "output_of": "outputOf", "due": "due",
		"satisfies": "satisfies", "finished": "finished"}, func(b *bookWriter, r vf.Record) { b.commitment(r.(*vf.Commitment)) }},
	"events": {"EconomicEvent", eventColumns, map[string]string{"at": "hasPointInTime", "until": "hasEnd", "action": "action", "specification": "resourceConformsTo",
		"quantity": "resourceQuantity", "effort": "effortQuantity", "provider": "provider", "receiver": "receiver", "resource": "resourceInventoriedAs",
		"to_resource": "toResourceInventoriedAs", "input_of": "inputOf", "output_of": "outputOf", "fulfills": "fulfills", "corrects": "corrects"},
		func(b *bookWriter, r vf.Record) { b.event(r.(*vf.EconomicEvent)) }},
}

// listReader reads one list.
type listReader struct {
	file   string
	list   string
	form   listForm
	in     *csv.Reader
	at     map[string]int // column → its cell
	cells  []string
	faults faults
	books  map[vf.ID]vf.Record
	units  *vf.Units
	places map[vf.ID]string
	lines  map[vf.ID]int
	shown  *bookWriter // writes records of the books as rows
	row    strings.Builder
	out    Listed
}

// read reads the header and the rows.
func (r *listReader) read(data io.Reader) error {
	in := bufio.NewReaderSize(data, 1<<16)
	if mark, _ := in.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = in.Discard(3) // cannot fail: these bytes were just seen
	}
	start, _ := in.Peek(1 << 12)
	first, _, _ := strings.Cut(string(start), "\n")
	r.in = csv.NewReader(in)
	r.in.Comma, r.in.FieldsPerRecord, r.in.ReuseRecord = rune(separator([]byte(first))), -1, true
	r.lines = map[vf.ID]int{}
	if err := r.next(); err != nil {
		if errors.Is(err, io.EOF) {
			return rule.Refuse("badTable", "reason", "it is empty").At(position{1, 1}.in(r.file))
		}
		return err
	}
	if err := r.header(); err != nil {
		return err
	}
	for {
		if r.faults.full() {
			return errEnough
		}
		if err := r.next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		r.record()
	}
}

// next reads a row.
func (r *listReader) next() (err error) {
	r.cells, err = r.in.Read()
	var broken *csv.ParseError
	if errors.As(err, &broken) {
		return rule.Refuse("badTable", "reason", broken.Err.Error()).At(position{int32(broken.Line), int32(broken.Column)}.in(r.file))
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading %s: %w", r.file, err)
	}
	return err
}

// header finds the columns.
func (r *listReader) header() error {
	r.at = map[string]int{}
	var found []string
	for i, cell := range r.cells {
		name := strings.ToLower(strings.TrimSpace(cell))
		found = append(found, shorten(name))
		if !slices.Contains(r.form.columns, name) {
			line, column := r.in.FieldPos(i)
			return rule.Refuse("badTable", "reason", "there is no column “"+shorten(name)+"” in "+r.list+"; the columns are "+strings.Join(r.form.columns, ", ")).
				At(position{int32(line), int32(column)}.in(r.file))
		}
		if _, twice := r.at[name]; twice {
			line, column := r.in.FieldPos(i)
			return rule.Refuse("badTable", "reason", "the column “"+name+"” stands twice in the first line").At(position{int32(line), int32(column)}.in(r.file))
		}
		r.at[name] = i
	}
	for _, c := range r.form.columns {
		_, has := r.at[c]
		unit := ""
		if c == "unit" || strings.HasSuffix(c, "_unit") {
			unit = r.numberOf(c)
		}
		if _, wanted := r.at[unit]; !has && (c == "id" || wanted && unit != "") {
			return rule.Refuse("missingColumn", "column", c, "found", strings.Join(found, ", "), "wanted", strings.Join(r.form.columns, ", ")).At(position{1, 1}.in(r.file))
		}
	}
	return nil
}

// numberOf is the column before the one of a unit.
func (r *listReader) numberOf(unit string) string {
	return r.form.columns[slices.Index(r.form.columns, unit)-1]
}

// unitOf is the column of the unit of a measure.
func (r *listReader) unitOf(number string) string {
	return r.form.columns[slices.Index(r.form.columns, number)+1]
}

// cell is the content of a column in this row, "" where there is none.
func (r *listReader) cell(column string) string {
	i, ok := r.at[column]
	if !ok || i >= len(r.cells) {
		return ""
	}
	if column == "name" || column == "state" {
		return unguarded(r.cells[i])
	}
	return unguarded(strings.TrimSpace(r.cells[i]))
}

// place is where a column of this row stands.
func (r *listReader) place(column string) string {
	i, ok := r.at[column]
	if !ok || i >= len(r.cells) {
		line, _ := r.in.FieldPos(0)
		return position{int32(line), 1}.in(r.file) + ": " + column
	}
	line, at := r.in.FieldPos(i)
	return position{int32(line), int32(at)}.in(r.file) + ": " + column
}

func (r *listReader) refuse(column string, f *rule.Refusal) { r.faults.add(f.At(r.place(column))) }

// record reads one row.
func (r *listReader) record() {
	if len(r.cells) == 1 && strings.TrimSpace(r.cells[0]) == "" || !slices.ContainsFunc(r.cells, func(c string) bool { return c != "" }) {
		return
	}
	id := vf.ID(r.cell("id"))
	if id == "" {
		r.refuse("id", rule.Refuse("missingCell", "column", "id"))
		return
	}
	if refusal := badID(string(id)); refusal != nil {
		r.refuse("id", refusal)
		return
	}
	line, _ := r.in.FieldPos(0)
	if first := r.lines[id]; first != 0 {
		r.refuse("id", rule.Refuse("duplicateRow", "column", "id", "value", string(id), "first", fmt.Sprint(first)))
		return
	}
	r.lines[id] = line
	r.places[id] = position{int32(line), 1}.in(r.file)
	old := r.books[id]
	rec := vf.NewRecord(r.form.class)
	said := map[string]string{} // the cells of what is in the books
	if old != nil {
		if old.Class() != r.form.class {
			r.refuse("id", rule.Refuse("idTaken", "id", string(id), "class", string(old.Class())))
			return
		}
		reflect.ValueOf(rec).Elem().Set(reflect.ValueOf(old).Elem())
		said = r.asWritten(old)
	}
	if !r.fill(rec, id, said) {
		return
	}
	switch {
	case old == nil:
		r.out.New = append(r.out.New, rec)
	case reflect.DeepEqual(old, rec):
		r.out.Same++
	default:
		r.out.Changed = append(r.out.Changed, rec)
	}
}

// asWritten is the row of a record as WriteCSV writes it, as it is read.
func (r *listReader) asWritten(rec vf.Record) map[string]string {
	r.row.Reset()
	r.form.write(r.shown, rec)
	r.shown.out.Flush()
	cells, err := csv.NewReader(strings.NewReader(r.row.String())).Read()
	said := map[string]string{}
	for i, c := range r.form.columns {
		if err == nil && i < len(cells) {
			said[c] = unguarded(cells[i])
		}
	}
	return said
}
