package journal_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"

	"commonweal/journal"
	"commonweal/rule"
	"commonweal/vf"
)

// anyAct draws an act that a journal takes after its genesis.
func anyAct(t *rapid.T) journal.Act {
	text := rapid.StringN(1, 20, 60)
	a := journal.Act{
		Kind:   rapid.SampledFrom([]journal.Kind{journal.Declare, journal.Commit, journal.Record, journal.Withdraw, journal.Erase}).Draw(t, "kind"),
		Author: vf.ID(text.Draw(t, "author")),
		Key:    text.Draw(t, "key"),
		At:     vf.At(rapid.Int64Range(-60000000000, 250000000000).Draw(t, "at")),
	}
	if zone := rapid.SampledFrom([]string{"", "2023-09-01T00:00:00-05:00", "2023-09-01T00:00:00.5+13:45"}).Draw(t, "zone"); zone != "" {
		a.At, _ = vf.ParseTime(zone)
	}
	for range rapid.IntRange(0, 3).Draw(t, "of") {
		a.Of = append(a.Of, vf.ID(text.Draw(t, "id")))
	}
	for range rapid.IntRange(0, 3).Draw(t, "records") {
		raw, err := json.Marshal(map[string]any{"@id": text.Draw(t, "id"), "@type": text.Draw(t, "type"), "name": rapid.String().Draw(t, "name"), "more": anyJSON(t, 0)})
		if err != nil {
			t.Fatal(err)
		}
		a.Records = append(a.Records, raw)
	}
	if len(a.Of)+len(a.Records) == 0 {
		a.Of = []vf.ID{"x"}
	}
	return a
}

// TestEntriesHaveOneForm seals random acts: what is sealed is canonical by
// another implementation too, and reads back as what was meant.
func TestEntriesHaveOneForm(t *testing.T) {
	t.Parallel()
	b := newBook(t, 1)
	rapid.Check(t, func(rt *rapid.T) {
		act := anyAct(rt)
		sealed, err := b.state.Clone().Seal(act, b.signer)
		if err != nil {
			rt.Fatal(err)
		}
		if want, err := jcs.Transform(sealed.Raw); err != nil || !bytes.Equal(want, sealed.Raw) {
			rt.Fatalf("the entry is not canonical: %s, %v", sealed.Raw, err)
		}
		e, err := journal.Decode(sealed.Raw)
		if err != nil {
			rt.Fatal(err)
		}
		for i, raw := range act.Records {
			if act.Records[i], err = journal.Canonical(raw); err != nil {
				rt.Fatal(err)
			}
		}
		if diff := cmp.Diff(act, e.Act); diff != "" {
			rt.Fatalf("the act came back as another: %s", diff)
		}
		if again, err := e.Encode(); err != nil || !bytes.Equal(again, sealed.Raw) {
			rt.Fatalf("written again the entry is %s, not %s: %v", again, sealed.Raw, err)
		}
	})
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	b := newBook(t, 2)
	for what, edit := range map[string][2]string{
		"space":                    {`{"act":`, `{ "act":`},
		"another order":            {`{"act":{"at":"2023-11-14T22:13:21Z","author":"agent/ana"`, `{"act":{"author":"agent/ana","at":"2023-11-14T22:13:21Z"`},
		"an unknown member":        {`"network":`, `"more":1,"network":`},
		"a member twice":           {`,"sequence":1`, `,"sequence":1,"sequence":1`},
		"a missing member":         {`,"sequence":1`, ``},
		"an escape too many":       {`agent/ana`, `agent\u002fana`},
		"another form of the time": {`2023-11-14T22:13:21Z`, `2023-11-14T22:13:21+00:00`},
		"no time":                  {`2023-11-14T22:13:21Z`, `some day`},
		"a fraction":               {`"sequence":1`, `"sequence":1.0`},
		"a negative sequence":      {`"sequence":1`, `"sequence":-1`},
		"an empty list":            {`,"records":`, `,"of":[],"records":`},
		"an empty text":            {`,"records":`, `,"publicKey":"","records":`},
		"a key without a reason":   {`,"records":`, `,"publicKey":"` + string(signer(1).PublicKey()) + `","records":`},
		"a record without id":      {`"@id":"need/1",`, ``},
		"a record without type":    {`"@type":"Intent",`, ``},
		"an unknown kind":          {`"kind":"declare"`, `"kind":"destroy"`},
		"a short hash":             {`"previous":"`, `"previous":"AA`},
		"a broken signature":       {`"signature":"`, `"signature":"*`},
		"something behind":         {`"}` + "\x00", `"}}`},
	} {
		raw := string(b.raws[1]) + "\x00"
		if !strings.Contains(raw, edit[0]) {
			t.Fatalf("%s: there is no %s in %s", what, edit[0], raw)
		}
		edited := strings.TrimSuffix(strings.Replace(raw, edit[0], edit[1], 1), "\x00")
		if e, err := journal.Decode([]byte(edited)); err == nil {
			t.Errorf("%s was accepted: %s, %+v", what, edited, e)
		}
	}
	if _, err := journal.Decode(make([]byte, journal.MaxEntry+1)); err == nil || !strings.Contains(err.Error(), "longer") {
		t.Errorf("an entry of more than the most bytes was answered with %v", err)
	}
	first := strings.Replace(string(b.raws[0]), `"previous":""`, `"previous":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="`, 1)
	if _, err := journal.Decode([]byte(first)); err == nil {
		t.Error("a genesis with a previous entry was accepted")
	}
}

// FuzzDecode checks that whatever is accepted has exactly one form.
func FuzzDecode(f *testing.F) {
	b := newBook(f, 3)
	b.add(f, key(journal.RotateKey, signer(2).PublicKey()))
	for _, raw := range b.raws {
		f.Add(raw)
	}
	f.Add([]byte(`{"act":{"at":"","author":"","key":"","kind":""},"network":"","previous":"","sequence":0,"signature":"","signedBy":""}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := journal.Decode(raw)
		if err != nil {
			return
		}
		again, err := e.Encode()
		if err != nil || !bytes.Equal(again, raw) {
			t.Fatalf("accepted %q, which is written %q: %v", raw, again, err)
		}
		if want, err := jcs.Transform(raw); err != nil || !bytes.Equal(want, raw) {
			t.Fatalf("accepted %q, which jcs writes %q: %v", raw, want, err)
		}
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	two := signer(2)
	for _, c := range []struct {
		name rule.Name
		edit func(*journal.Act)
	}{
		{"unknownAct", func(a *journal.Act) { a.Kind = "destroy" }},
		{"incompleteAct", func(a *journal.Act) { a.Author = "" }},
		{"incompleteAct", func(a *journal.Act) { a.Key = "" }},
		{"incompleteAct", func(a *journal.Act) { a.At = vf.Time{} }},
		{"incompleteAct", func(a *journal.Act) { a.At = vf.At(300000000000) }},
		{"incompleteAct", func(a *journal.Act) { a.Records = nil }},
		{"incompleteAct", func(a *journal.Act) { a.Of = []vf.ID{""} }},
		{"incompleteAct", func(a *journal.Act) { a.Network = network }},
		{"incompleteAct", func(a *journal.Act) { a.PublicKey = two.PublicKey() }},
		{"incompleteAct", func(a *journal.Act) { a.Kind = journal.RotateKey }},
		{"incompleteAct", func(a *journal.Act) { *a = genesis(two); a.Network = "" }},
		{"keyTooLong", func(a *journal.Act) { a.Key = strings.Repeat("k", journal.MaxKey+1) }},
		{"brokenText", func(a *journal.Act) { a.Author = "\xff" }},
		{"brokenText", func(a *journal.Act) { a.Of = []vf.ID{"\xff"} }},
		{"badNetworkId", func(a *journal.Act) { *a = genesis(two); a.Network = "a network" }},
		{"badNetworkId", func(a *journal.Act) { *a = genesis(two); a.Network = "a+b" }},
		{"notAPublicKey", func(a *journal.Act) { *a = key(journal.RotateKey, "ed25519:AAAA") }},
		{"notAPublicKey", func(a *journal.Act) { *a = key(journal.RotateKey, two.PublicKey()+"\n") }},
		{"notARecord", func(a *journal.Act) { a.Records = append(a.Records, json.RawMessage(`{"@id":"x"}`)) }},
		{"notARecord", func(a *journal.Act) {
			a.Records = append(a.Records, json.RawMessage(`{"@id":"x","@type":"Unit","step":0.5}`))
		}},
		{"notARecord", func(a *journal.Act) { a.Records = append(a.Records, json.RawMessage(`nonsense`)) }},
		{"actTooLarge", func(a *journal.Act) {
			a.Records = append(a.Records, json.RawMessage(`{"@id":"x","@type":"y","z":"`+strings.Repeat("z", journal.MaxEntry)+`"}`))
		}},
		{"genesisFirst", func(a *journal.Act) { *a = genesis(two) }},
		{"keyUsedBefore", func(a *journal.Act) { *a = key(journal.RotateKey, signer(1).PublicKey()) }},
		{"unknownKey", func(a *journal.Act) { *a = key(journal.RevokeKey, two.PublicKey()) }},
		{"keyInUse", func(a *journal.Act) { *a = key(journal.RevokeKey, signer(1).PublicKey()) }},
	} {
		b := newBook(t, 2)
		before, act := b.state.Tree(), need(2)
		c.edit(&act)
		_, err := b.state.Seal(act, b.signer)
		refused(t, err, c.name)
		if b.state.Tree() != before {
			t.Errorf("a refusal by %s moved the journal on", c.name)
		}
		b.add(t, need(2))
	}
	_, err := (&journal.State{}).Seal(need(1), signer(1))
	refused(t, err, "genesisFirst")
	_, err = newBook(t, 1).state.Seal(need(1), two)
	refused(t, err, "keyNotInUse")
	_, err = (&journal.State{}).Seal(genesis(two), signer(1))
	refused(t, err, "keyNotInUse")
	_, err = (&journal.State{}).Checkpoint(signer(1))
	refused(t, err, "keyNotInUse")
}
