package packed_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"commonweal/ledger"
	"commonweal/node/packed"
	"commonweal/vf"
)

var exact = cmp.Comparer(func(a, b vf.Decimal) bool { return a == b })

// full returns a record of a class with something in every property.
func full(t *testing.T, c vf.Class, n int) vf.Record {
	t.Helper()
	r := vf.NewRecord(c)
	v := reflect.ValueOf(r).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("json") == "-" {
			continue
		}
		word := fmt.Sprintf("%s/%s/%d", c, v.Type().Field(i).Name, n)
		d := vf.NewDecimal(int64(-12345+i), 3+i%5)
		switch to := v.Field(i).Addr().Interface().(type) {
		case *string:
			*to = word
		case *vf.ID:
			*to = vf.ID(word)
		case *vf.Action:
			*to = vf.Transfer
		case *[]string:
			*to = []string{word, "", word}
		case *[]vf.ID:
			*to = []vf.ID{vf.ID(word), "unit/kg"}
		case *bool:
			*to = true
		case *int:
			*to = -n - i
		case *vf.Truth:
			*to = vf.No
		case *vf.Time:
			*to = vf.Time{Time: time.Date(-1+i%3*2000, 2, 3, 4, 5, 6, 789*(i%2), time.FixedZone("", 3600*(i%5-2)))}
		case *vf.Measure:
			*to = vf.Measure{HasNumericalValue: d, HasUnit: "unit/kg"}
		case **vf.Decimal:
			*to = &d
		default:
			t.Fatalf("%s.%s is of a type that this test does not know", c, v.Type().Field(i).Name)
		}
	}
	v.FieldByName("ID").Set(reflect.ValueOf(vf.ID(fmt.Sprintf("%s/%d", c, n))))
	return r
}

// content is something of everything.
func content(t *testing.T) packed.Content {
	t.Helper()
	var places []packed.Place
	state := ledger.New()
	kg := func(n int64) vf.Measure {
		return vf.Measure{HasNumericalValue: vf.NewDecimal(n, 2), HasUnit: "unit/kg"}
	}
	if err := state.Put(&vf.Unit{ID: "unit/kg", Label: "kilogram", Symbol: "kg", OmUnitIdentifier: "kilogram"}); err != nil {
		t.Fatal(err)
	}
	for n := range 5 {
		ev := &vf.EconomicEvent{ID: vf.ID(fmt.Sprint("event/", 9-n)), Action: vf.Raise, ResourceInventoriedAs: "resource/a", ResourceConformsTo: "spec/a",
			Provider: "agent/a", Receiver: "agent/a", ResourceQuantity: kg(int64(n + 1)), HasPointInTime: vf.At(1700000000)}
		if err := state.Post(ev); err != nil {
			t.Fatal(err)
		}
	}
	for r := range state.Each() {
		places = append(places, packed.Place{ID: r.Key(), Record: r, Past: []int64{7, 9, 1 << 40}})
	}
	for _, c := range vf.Classes() {
		for n := range 2 {
			places = append(places, packed.Place{ID: vf.ID(fmt.Sprintf("%s/%d", c, n)), Record: full(t, c, n), Hash: "hash of " + string(c)})
		}
		places = append(places, packed.Place{ID: vf.ID(c) + "/nothing", Record: bare(c)}, packed.Place{ID: vf.ID(c) + "/gone", Past: []int64{0, 3}})
	}
	slices.SortFunc(places, func(a, b packed.Place) int { return cmp2(a.ID, b.ID) })
	return packed.Content{Mark: []byte("a mark"), Places: slices.Values(places), State: state, Authors: map[vf.ID]vf.ID{"Unit/0": "agent/a", "Unit/1": "agent/b"}}
}

func cmp2(a, b vf.ID) int { return bytes.Compare([]byte(a), []byte(b)) }

func bare(c vf.Class) vf.Record {
	r := vf.NewRecord(c)
	reflect.ValueOf(r).Elem().FieldByName("ID").SetString(string(c) + "/nothing")
	return r
}

func written(t *testing.T, m *packed.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	n, err := m.WriteTo(&b)
	if err != nil || n != int64(b.Len()) {
		t.Fatalf("%d of %d written: %v", n, b.Len(), err)
	}
	return b.Bytes()
}

// What was packed is there again, each property of each class, and all that finds it;
// and packing what is read gives the same bytes.
func TestPackedIsThereAgain(t *testing.T) {
	t.Parallel()
	c := content(t)
	made, err := packed.Pack(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	raw := written(t, made)
	m, err := packed.Open(raw)
	if err != nil {
		t.Fatal(err)
	}
	var places []packed.Place
	for want := range c.Places {
		got, ok := m.Place(want.ID)
		if diff := cmp.Diff(want, got, exact); !ok || diff != "" {
			t.Errorf("%s (-packed +read):\n%s", want.ID, diff)
		}
		if diff := cmp.Diff(c.State.Kept(string(want.ID)), m.Kept(string(want.ID)), exact); diff != "" {
			t.Errorf("kept of %s:\n%s", want.ID, diff)
		}
		if !slices.Equal(m.Past(want.ID), want.Past) || m.Hash(want.ID) != want.Hash {
			t.Errorf("%s: past %v, hash %q", want.ID, m.Past(want.ID), m.Hash(want.ID))
		}
		for _, l := range packed.Links(want.Record) {
			list := m.Referring(l.Property, l.To)
			if i := list.Search(want.ID); i == list.Len() || list.At(i) != want.ID {
				t.Errorf("%+v is not found", l)
			}
		}
		if want.Record != nil {
			list := m.Class(want.Record.Class())
			if i := list.Search(want.ID); i == list.Len() || list.At(i) != want.ID {
				t.Errorf("%s is not found in its class", want.ID)
			}
		}
		places = append(places, got)
	}
	if agents := m.Class("Agent").Len(); agents != 3*4 {
		t.Errorf("%d agents of all kinds", agents)
	}
	if posted := slices.Collect(m.Posted()); !slices.Equal(posted, []vf.ID{"event/9", "event/8", "event/7", "event/6", "event/5"}) || m.Events() != 5 {
		t.Errorf("posted %v", posted)
	}
	authors := map[vf.ID]vf.ID{}
	for id, author := range m.Authors() {
		authors[id] = author
	}
	for back, want := range map[bool]int{false: 3, true: len(places) - 2} { // it stands third from the end
		if around := slices.Collect(m.Around(places[len(places)-3].ID, back)); len(around) != want || around[0].ID != places[len(places)-3].ID || len(slices.Collect(m.Around("~", true))) != len(places) {
			t.Errorf("around, back is %v: %d", back, len(around))
		}
	}
	again, err := packed.Pack(t.Context(), packed.Content{Mark: m.Mark(), Places: slices.Values(places), State: ledger.On(m, m.Events(), nil), Authors: authors})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(raw, written(t, again)) {
		t.Error("packing what was read gives other bytes")
	}
}

// An image that is not whole, or of another version, is not read.
func TestBrokenImagesAreNotRead(t *testing.T) {
	t.Parallel()
	m, err := packed.Pack(t.Context(), content(t))
	if err != nil {
		t.Fatal(err)
	}
	raw := written(t, m)
	for at := 0; at < len(raw); at += 1 + at%97 {
		other := slices.Clone(raw)
		other[at] ^= 0x40
		if _, err := packed.Open(other); err == nil {
			t.Fatalf("byte %d was changed and nobody noticed", at)
		}
		if _, err := packed.Open(raw[:at]); !errors.Is(err, packed.ErrBroken) {
			t.Fatalf("cut off at %d: %v", at, err)
		}
	}
	other := slices.Clone(raw)
	other[20] ^= 1 // in the fingerprint of the words
	if _, err := packed.Open(other); !errors.Is(err, packed.ErrOther) {
		t.Errorf("an image of other words: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := packed.Pack(ended, content(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("packing went on: %v", err)
	}
}

// An image made of another one and what is other since has the bytes of one that is made
// of all anew, whatever changed: texts that nothing uses any more are gone from it too.
func TestPackedOntoAnother(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		c := content(t)
		var then, since []packed.Place
		for p := range c.Places {
			was := p
			switch r.IntN(5) {
			case 0:
				since = append(since, p)
				continue // it is new
			case 1:
				was.Record, was.Hash, was.Past = full(t, "ResourceSpecification", 10+r.IntN(3)), "was", []int64{5}
				reflect.ValueOf(was.Record).Elem().FieldByName("ID").Set(reflect.ValueOf(p.ID))
				since = append(since, p)
			case 2:
				since = append(since, p) // it is said again as it was
			}
			then = append(then, was)
		}
		before := packed.Content{Mark: []byte("before"), Places: slices.Values(then), State: c.State, Authors: map[vf.ID]vf.ID{"Unit/0": "nobody any more"}}
		if seed%2 == 0 { // what is kept came later too
			before.State = ledger.New()
		}
		on, err := packed.Pack(t.Context(), before)
		if err != nil {
			t.Fatal(err)
		}
		after := c
		after.On, after.Places = on, slices.Values(since)
		if seed%2 == 1 {
			after.State = ledger.On(on, on.Events(), nil)
		}
		made, err := packed.Pack(t.Context(), after)
		if err != nil {
			t.Fatal(err)
		}
		anew, err := packed.Pack(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(written(t, made), written(t, anew)) {
			t.Errorf("seed %d: %d bytes, anew %d", seed, made.Size(), anew.Size())
		}
	}
}
