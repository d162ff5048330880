package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"commonweal/store"
)

func testViews(t *testing.T, open Open) {
	s, _ := begin(t, open)
	ctx := t.Context()
	put := func(puts ...store.Put) {
		t.Helper()
		must(t, s.Append(ctx, store.Batch{Views: puts}))
	}
	check := func(view, want string) {
		t.Helper()
		if got := rows(t, s, view); got != want {
			t.Errorf("the view %s has\n%s\nand not\n%s", view, got, want)
		}
	}
	put(store.Put{View: "a", Key: "k", Value: []byte("1")}, store.Put{View: "b", Key: "k", Value: []byte("2")})
	put(store.Put{View: "a", Key: "k", Value: []byte("3")}, store.Put{View: "a", Key: "empty", Value: []byte{}})
	check("a", `"empty"=""`+"\n"+`"k"="3"`)
	check("b", `"k"="2"`)
	if v, err := s.Get(ctx, "a", "empty"); v == nil || len(v) != 0 || err != nil {
		t.Errorf("an empty value is %v, %v", v, err)
	}
	put(store.Put{View: "a", Key: "k"}, store.Put{View: "a", Key: "never"}, store.Put{View: "b", Key: "x", Value: []byte("1")}, store.Put{View: "b", Key: "x"})
	put(store.Put{View: "b", Key: "k"}, store.Put{View: "b", Key: "k", Value: []byte("4")})
	check("a", `"empty"=""`)
	check("b", `"k"="4"`)
	if names, err := s.Views(ctx); err != nil || !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("the views are %q, %v", names, err)
	}
	must(t, s.Append(ctx, store.Batch{Clear: []string{"a", "b", "none"}, Views: []store.Put{{View: "b", Key: "n", Value: []byte("5")}}}))
	check("a", "")
	check("b", `"n"="5"`)
	large := bytes.Repeat([]byte("long "), 1<<18)
	put(store.Put{View: "a", Key: "large", Value: large})
	if v, err := s.Get(ctx, "a", "large"); !bytes.Equal(v, large) || err != nil {
		t.Errorf("a value of %d bytes came back with %d: %v", len(large), len(v), err)
	}
}

func testOrder(t *testing.T, open Open) {
	s, _ := begin(t, open)
	keys := []string{"", "\x00", "\x00\x00", "A", "Z", "a", "a\x00", "a/", "a/1", "a0", "aa", "z", "~", "é", "\ufffd", "😀", "\xff\xfe"}
	var puts []store.Put
	for n := range keys { // put in another order than they are to come
		key := keys[(n*7+3)%len(keys)]
		puts = append(puts, store.Put{View: "v", Key: key, Value: []byte(key)})
	}
	must(t, s.Append(t.Context(), store.Batch{Views: puts}))
	var got []string
	must(t, s.Scan(t.Context(), "v", func(key string, value []byte) error {
		if key != string(value) {
			t.Errorf("the key %q has the value %q", key, value)
		}
		got = append(got, key)
		return nil
	}))
	if !slices.Equal(got, keys) {
		t.Errorf("the keys came as %q, not %q", got, keys)
	}
	if f, ok := s.(store.Finder); ok { // wrappers of tests may not be
		wanted := slices.Concat(keys[3:], []string{"never", "a"})
		for n := range 1200 { // more than one statement asks for
			wanted = append(wanted, fmt.Sprint("none ", n))
		}
		found := map[string]bool{}
		must(t, f.Find(t.Context(), "v", wanted, func(key string, value []byte) error {
			if key != string(value) || found[key] {
				t.Errorf("the key %q was found with the value %q, or twice", key, value)
			}
			found[key] = true
			return nil
		}))
		if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, slices.Sorted(slices.Values(keys[3:]))) {
			t.Errorf("found %q", got)
		}
		must(t, f.Find(t.Context(), "v", nil, func(string, []byte) error { return errors.New("nothing was asked for") }))
		must(t, f.Find(t.Context(), "w", keys, func(string, []byte) error { return errors.New("another view") }))
	}
}

// testModel compares the views with maps after random batches.
func testModel(t *testing.T, open Open) {
	s, _ := begin(t, open)
	model := map[string]map[string]string{"u": {}, "v": {}, "w": {}}
	views := []string{"u", "v", "w"}
	rapid.Check(t, func(rt *rapid.T) {
		var b store.Batch
		if rapid.IntRange(0, 9).Draw(rt, "clear") == 0 {
			b.Clear = []string{rapid.SampledFrom(views).Draw(rt, "cleared")}
			clear(model[b.Clear[0]])
		}
		for range rapid.IntRange(0, 200).Draw(rt, "puts") {
			p := store.Put{View: rapid.SampledFrom(views).Draw(rt, "view"), Key: fmt.Sprint(rapid.IntRange(0, 99).Draw(rt, "key"))}
			if rapid.IntRange(0, 9).Draw(rt, "delete") == 0 {
				delete(model[p.View], p.Key)
			} else {
				p.Value = []byte(fmt.Sprint(rapid.Int().Draw(rt, "value")))
				model[p.View][p.Key] = string(p.Value)
			}
			b.Views = append(b.Views, p)
		}
		if err := s.Append(context.Background(), b); err != nil {
			rt.Fatal(err)
		}
		for view, want := range model {
			var list []string
			for _, key := range slices.Sorted(maps.Keys(want)) {
				list = append(list, fmt.Sprintf("%q=%q", key, want[key]))
			}
			if got := rows(t, s, view); got != strings.Join(list, "\n") {
				rt.Fatalf("the view %s differs from its model", view)
			}
		}
	})
}
