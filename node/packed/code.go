package packed

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"time"

	"commonweal/ledger"
	"commonweal/vf"
)

// kind is how a field of a record is written.
type kind byte

const (
	text kind = iota
	id
	action
	texts
	ids
	yes
	number
	truth
	moment
	measure
	decimal
)

var kinds = map[reflect.Type]kind{
	reflect.TypeFor[string](): text, reflect.TypeFor[vf.ID](): id, reflect.TypeFor[vf.Action](): action, reflect.TypeFor[[]string](): texts,
	reflect.TypeFor[[]vf.ID](): ids, reflect.TypeFor[bool](): yes, reflect.TypeFor[int](): number, reflect.TypeFor[vf.Truth](): truth,
	reflect.TypeFor[vf.Time](): moment, reflect.TypeFor[vf.Measure](): measure, reflect.TypeFor[*vf.Decimal](): decimal,
}

// class is how records of a class are written.
type class struct {
	name   vf.Class
	fields []field // at most 64, without the id
	idAt   int     // the field of the struct with the id
}

type field struct {
	at   int
	kind kind
}

// classes are all classes in the order of their names, numbers their places in it.
var classes, numbers = func() ([]class, map[vf.Class]byte) {
	var list []class
	of := map[vf.Class]byte{}
	for i, name := range vf.Classes() {
		t := reflect.TypeOf(vf.NewRecord(name)).Elem()
		c := class{name: name}
		for at := range t.NumField() {
			f := t.Field(at)
			switch {
			case f.Tag.Get("json") == "@id":
				c.idAt = at
			case f.Tag.Get("json") != "-":
				k, ok := kinds[f.Type]
				if !ok {
					panic("packed: no way to write the type of " + f.Name) // a new type of property needs one
				}
				c.fields = append(c.fields, field{at, k})
			}
		}
		list, of[name] = append(list, c), byte(i)
	}
	return list, of
}()

// fingerprint says which words and which layout images are written with.
var fingerprint = func() string {
	s := "layout 1;"
	for _, c := range classes {
		t := reflect.TypeOf(vf.NewRecord(c.name)).Elem()
		s += string(c.name) + "{"
		for _, f := range c.fields {
			s += t.Field(f.at).Tag.Get("json") + ":" + fmt.Sprint(f.kind) + ";"
		}
		s += "}"
	}
	return s
}()

// writer writes rows. In its first pass it takes in the texts, in its second it
// writes their numbers.
type writer struct {
	out    []byte
	number func(text string) uint32
	record []byte // of a record that is being written
}

func (w *writer) uint(n uint64) { w.out = binary.AppendUvarint(w.out, n) }
func (w *writer) int(n int64)   { w.out = binary.AppendVarint(w.out, n) }
func (w *writer) text(s string) { w.uint(uint64(w.number(s))) }

func (w *writer) measure(m vf.Measure) {
	w.decimal(m.HasNumericalValue)
	w.text(string(m.HasUnit))
}

func (w *writer) decimal(d vf.Decimal) {
	coefficient, _ := d.Fraction()
	w.int(coefficient)
	w.out = append(w.out, byte(d.Digits()))
}

func (w *writer) time(t vf.Time) {
	_, offset := t.Zone()
	w.int(t.Unix())
	w.uint(uint64(t.Nanosecond()))
	w.int(int64(offset))
}

// sized writes a record with its length before it.
func (w *writer) sized(r vf.Record) {
	row := w.out
	w.out = w.record[:0]
	w.class(r)
	w.record, w.out = w.out, row
	w.uint(uint64(len(w.record)))
	w.out = append(w.out, w.record...)
}

// class writes a record without its id.
func (w *writer) class(r vf.Record) {
	n := numbers[r.Class()]
	w.out = append(w.out, n)
	v := reflect.ValueOf(r).Elem()
	var said uint64
	for i, f := range classes[n].fields {
		if !unsaid(v.Field(f.at), f.kind) {
			said |= 1 << i
		}
	}
	w.uint(said)
	for i, f := range classes[n].fields {
		if said&(1<<i) != 0 {
			w.field(v.Field(f.at), f.kind)
		}
	}
}

// unsaid reports whether a field is as if it had not been said.
func unsaid(v reflect.Value, k kind) bool {
	switch k {
	case moment:
		return v.Addr().Interface().(*vf.Time).IsZero()
	case measure:
		return v.Addr().Interface().(*vf.Measure).IsZero()
	}
	return v.IsZero()
}

func (w *writer) field(v reflect.Value, k kind) {
	switch k {
	case text, id, action:
		w.text(v.String())
	case texts, ids:
		w.uint(uint64(v.Len()))
		for i := range v.Len() {
			w.text(v.Index(i).String())
		}
	case number, truth:
		w.int(v.Int())
	case moment:
		w.time(v.Interface().(vf.Time))
	case measure:
		w.measure(v.Interface().(vf.Measure))
	case decimal:
		w.decimal(*v.Interface().(*vf.Decimal))
	case yes: // that it is there says it
	}
}

func (w *writer) origin(o *ledger.Origin) {
	for _, s := range []string{string(o.Stage), o.State, string(o.ContainedIn), string(o.Location), string(o.Accountable)} {
		w.text(s)
	}
	w.int(int64(o.Events))
}

func (w *writer) posting(p *ledger.Posting) {
	w.int(p.Number)
	w.measure(p.Resource)
	w.measure(p.Effort)
	n := uint64(len(p.Filled)) << 1
	if p.Corrected {
		n |= 1
	}
	w.uint(n)
	for _, part := range p.Filled {
		w.text(string(part.Of))
		w.measure(part.Resource)
		w.measure(part.Effort)
	}
}

func (w *writer) progress(p *ledger.Progress) {
	w.measure(p.Resource)
	w.measure(p.Effort)
}

// past writes increasing numbers.
func (w *writer) past(list []int64) {
	w.uint(uint64(len(list)))
	last := int64(0)
	for _, seq := range list {
		w.int(seq - last)
		last = seq
	}
}

// reader reads a row of an image that was found whole, so that all that was written is
// there.
type reader struct {
	in []byte
	of *Image
}

// parts reads the parts of a row that are wanted, of those that it has.
func (r *reader) parts(has, wanted byte, key string, k *ledger.Kept) (p Place) {
	if has&hasHash != 0 {
		p.Hash = r.text()
	}
	if has&hasRecord != 0 {
		if size := r.uint(); wanted&hasRecord != 0 {
			p.Record = r.record(key)
		} else {
			r.in = r.in[size:]
		}
	}
	if has&hasOrigin != 0 && wanted >= hasOrigin {
		v := r.origin()
		k.Origin = &v
	}
	if has&hasPosting != 0 && wanted >= hasPosting {
		v := r.posting()
		k.Posting = &v
	}
	if has&hasProgress != 0 && wanted >= hasProgress {
		v := r.progress()
		k.Progress = &v
	}
	if has&hasCarried != 0 && wanted >= hasCarried {
		v := r.measure()
		k.Carried = &v
	}
	if has&wanted&hasPast != 0 {
		p.Past = r.past()
	}
	return p
}

func (r *reader) uint() uint64 {
	n, size := binary.Uvarint(r.in)
	r.in = r.in[size:]
	return n
}

func (r *reader) int() int64 {
	n, size := binary.Varint(r.in)
	r.in = r.in[size:]
	return n
}

func (r *reader) byte() byte {
	b := r.in[0]
	r.in = r.in[1:]
	return b
}

func (r *reader) text() string { return r.of.text(uint32(r.uint())) }

func (r *reader) measure() vf.Measure {
	return vf.Measure{HasNumericalValue: r.decimal(), HasUnit: vf.ID(r.text())}
}

func (r *reader) decimal() vf.Decimal {
	coefficient := r.int()
	return vf.NewDecimal(coefficient, int(r.byte()))
}

func (r *reader) time() vf.Time {
	t := time.Unix(r.int(), int64(r.uint()))
	if offset := int(r.int()); offset != 0 {
		return vf.Time{Time: t.In(time.FixedZone("", offset))}
	}
	return vf.Time{Time: t.UTC()}
}

func (r *reader) record(key string) vf.Record {
	c := &classes[r.byte()]
	record := vf.NewRecord(c.name)
	v := reflect.ValueOf(record).Elem()
	*v.Field(c.idAt).Addr().Interface().(*vf.ID) = vf.ID(key)
	for i, said := 0, r.uint(); said != 0; i, said = i+1, said>>1 {
		if said&1 != 0 {
			r.field(v.Field(c.fields[i].at), c.fields[i].kind)
		}
	}
	return record
}

func (r *reader) field(v reflect.Value, k kind) {
	to := v.Addr().Interface()
	switch k {
	case text:
		*to.(*string) = r.text()
	case id:
		*to.(*vf.ID) = vf.ID(r.text())
	case action:
		*to.(*vf.Action) = vf.Action(r.text())
	case texts:
		*to.(*[]string) = list[string](r)
	case ids:
		*to.(*[]vf.ID) = list[vf.ID](r)
	case yes:
		*to.(*bool) = true
	case number:
		*to.(*int) = int(r.int())
	case truth:
		*to.(*vf.Truth) = vf.Truth(r.int())
	case moment:
		*to.(*vf.Time) = r.time()
	case measure:
		*to.(*vf.Measure) = r.measure()
	case decimal:
		d := r.decimal()
		*to.(**vf.Decimal) = &d
	}
}

func list[S ~string](r *reader) []S {
	list := make([]S, r.uint())
	for i := range list {
		list[i] = S(r.text())
	}
	return list
}

func (r *reader) origin() ledger.Origin {
	return ledger.Origin{Stage: vf.ID(r.text()), State: r.text(), ContainedIn: vf.ID(r.text()), Location: vf.ID(r.text()), Accountable: vf.ID(r.text()), Events: int(r.int())}
}

func (r *reader) posting() ledger.Posting {
	p := ledger.Posting{Number: r.int(), Resource: r.measure(), Effort: r.measure()}
	n := r.uint()
	p.Corrected = n&1 != 0
	for range n >> 1 {
		p.Filled = append(p.Filled, ledger.Part{Of: vf.ID(r.text()), Resource: r.measure(), Effort: r.measure()})
	}
	return p
}

func (r *reader) progress() ledger.Progress {
	return ledger.Progress{Resource: r.measure(), Effort: r.measure()}
}

func (r *reader) past() []int64 {
	list := make([]int64, r.uint())
	last := int64(0)
	for i := range list {
		last += r.int()
		list[i] = last
	}
	return list
}
