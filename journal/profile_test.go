package journal_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"commonweal/journal"
	"commonweal/vf"
)

func TestSplitAndJoin(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		record vf.Record
		remain vf.Record // after erasure
		secret string
	}{
		"a person": {&vf.Agent{ID: "agent/ana", Type: "Person", Name: "Ana Canary", Note: "Canary", Image: "https://example.org/Canary", ClassifiedAs: []string{"Canary"}, PrimaryLocation: "place/Canary"},
			&vf.Agent{ID: "agent/ana", Type: "Person"}, "Canary"},
		"a person of no name": {&vf.Agent{ID: "agent/ana", Type: "Person"}, &vf.Agent{ID: "agent/ana", Type: "Person"}, ""},
		"an organization":     {&vf.Agent{ID: "agent/mill", Type: "Organization", Name: "Mill", Note: "Canary"}, &vf.Agent{ID: "agent/mill", Type: "Organization", Name: "Mill"}, "Canary"},
		"a need":              {&vf.Intent{ID: "need/1", Name: "blanket", Note: "for <Ana> & Canary"}, &vf.Intent{ID: "need/1", Name: "blanket"}, "Canary"},
		"a unit":              {&vf.Unit{ID: "unit/lb", Label: "pound"}, &vf.Unit{ID: "unit/lb", Label: "pound"}, ""},
	} {
		raw, err := vf.Encode(c.record)
		if err != nil {
			t.Fatal(err)
		}
		public, profile, err := journal.Split(raw, [32]byte{1})
		if err != nil {
			t.Fatal(name, err)
		}
		if c.secret != "" && bytes.Contains(public, []byte(c.secret)) {
			t.Errorf("%s is public: %s", name, public)
		}
		if (profile == nil) != (c.secret == "") || profile != nil && !bytes.Contains(profile, []byte(c.secret)) {
			t.Errorf("%s has the profile %s", name, profile)
		}
		if canonical, err := journal.Canonical(public); err != nil || !bytes.Equal(canonical, public) {
			t.Errorf("%s is not canonical: %s", name, public)
		}
		same(t, name, public, profile, c.record)
		same(t, name+", erased", public, nil, c.remain)
		if profile == nil {
			continue
		}
		if hash, err := journal.ProfileOf(public); err != nil || hash != journal.ProfileHash(profile) {
			t.Errorf("%s names the profile %s: %v", name, hash, err)
		}
		if _, other, _ := journal.Split(raw, [32]byte{2}); journal.ProfileHash(other) == journal.ProfileHash(profile) {
			t.Errorf("%s has the same hash with another salt", name)
		}
		profile[len(profile)/2] ^= 1
		if _, err := journal.Join(public, profile); err == nil {
			t.Errorf("%s was joined with a changed profile", name)
		}
	}
}

func same(t *testing.T, name string, public, profile []byte, want vf.Record) {
	t.Helper()
	joined, err := journal.Join(public, profile)
	if err != nil {
		t.Fatal(name, err)
	}
	got, err := vf.Decode(joined)
	if err != nil {
		t.Fatal(name, err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(vf.Decimal{})); diff != "" {
		t.Errorf("%s came back as another: %s", name, diff)
	}
}

func TestSplitRefuses(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`junk`, `[]`, `{"@id":"x"}`, `{"@type":"Person"}`, `{"@id":"x","@type":"Person","profile":"sha256:00"}`} {
		_, _, err := journal.Split([]byte(raw), [32]byte{})
		refused(t, err, "notARecord")
	}
	for _, raw := range []string{`junk`, `[]`, `{"profile":1}`} {
		if joined, err := journal.Join([]byte(raw), nil); err == nil {
			t.Errorf("%s was joined to %s", raw, joined)
		}
	}
	if _, err := journal.Join([]byte(`{"@id":"x","@type":"Person"}`), []byte(`{}`)); err == nil {
		t.Error("a profile was joined with a record that names none")
	}
}

// TestSplitLosesNothing splits and joins random records.
func TestSplitLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		a := &vf.Agent{
			ID: vf.ID(rapid.StringN(1, 9, 20).Draw(rt, "id")), Type: rapid.SampledFrom([]vf.Class{"Person", "Organization", ""}).Draw(rt, "type"),
			Name: rapid.String().Draw(rt, "name"), Note: rapid.String().Draw(rt, "note"), ClassifiedAs: rapid.SliceOfN(rapid.String(), 0, 3).Draw(rt, "as"),
		}
		raw, err := vf.Encode(a)
		if err != nil {
			rt.Fatal(err)
		}
		want, err := journal.Canonical(raw)
		if err != nil {
			rt.Fatal(err)
		}
		public, profile, err := journal.Split(raw, [32]byte{3})
		if err != nil {
			rt.Fatal(err)
		}
		got, err := journal.Join(public, profile)
		if err != nil || !bytes.Equal(got, want) {
			rt.Fatalf("%s came back as %s: %v", want, got, err)
		}
	})
}
