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
		sealed, err := sealAs(b.state.Clone(), act, b.signer, rapid.Bool().Draw(rt, "signed"))
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
		"an empty signature":       {`"signature":"`, `"signature":"","x":"`},
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
	f.Add(unsigned(b.raws[2]))
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

// A proof stands in the entry in one form, and covers everything but itself.
func TestProofsCoverTheAct(t *testing.T) {
	t.Parallel()
	b := newBook(t, 1)
	author := signer(7)
	rapid.Check(t, func(rt *rapid.T) {
		act := anyAct(rt)
		signed, err := journal.Signed(network, act)
		if err != nil {
			rt.Fatal(err)
		}
		if want, err := jcs.Transform(signed); err != nil || !bytes.Equal(want, signed) {
			rt.Fatalf("what is signed is not canonical: %s, %v", signed, err)
		}
		act.Proof = &journal.Proof{Key: author.PublicKey()}
		if act.Proof.Signature, err = author.Sign(signed); err != nil {
			rt.Fatal(err)
		}
		sealed, err := b.state.Clone().Seal(act, b.signer)
		if err != nil {
			rt.Fatal(err)
		}
		if want, err := jcs.Transform(sealed.Raw); err != nil || !bytes.Equal(want, sealed.Raw) {
			rt.Fatalf("the entry is not canonical: %s, %v", sealed.Raw, err)
		}
		e, err := journal.Decode(sealed.Raw)
		if err != nil || !e.Act.Proves(network) || e.Act.Proves(network+"other/") {
			rt.Fatalf("%s: %v", sealed.Raw, err)
		}
		other := e.Act
		switch rapid.IntRange(0, 3).Draw(rt, "what is changed") {
		case 0:
			other.Author += "x"
		case 1:
			other.Key += "x"
		case 2:
			other.Of = append([]vf.ID{"y"}, other.Of...)
		case 3:
			other.At = vf.At(other.At.Unix() + 1)
		}
		if other.Proves(network) {
			rt.Fatalf("the proof holds for another act: %+v", other)
		}
	})
}

func TestProofsAreRead(t *testing.T) {
	t.Parallel()
	b := newBook(t, 1)
	act := need(1)
	act.Proof = &journal.Proof{Key: signer(7).PublicKey(), Signature: make([]byte, 64)}
	sealed, err := b.state.Clone().Seal(act, b.signer)
	if err != nil {
		t.Fatal(err)
	}
	for what, edit := range map[string][2]string{
		"another order": {`"proof":{"key":`, `"proof":{"more":`}, "a short signature": {`"signature":"AAAA`, `"signature":"`},
		"no key": {string(signer(7).PublicKey()), ""}, "an empty proof": {`"proof":{"key"`, `"proof":{},"x":{"key"`},
		"another form of the signature": {`AAAA=="},"records"`, `AAAB=="},"records"`},
	} {
		edited := strings.Replace(string(sealed.Raw), edit[0], edit[1], 1)
		if edited == string(sealed.Raw) {
			t.Fatalf("%s: nothing was changed in %s", what, sealed.Raw)
		}
		if _, err := journal.Decode([]byte(edited)); err == nil {
			t.Errorf("%s was accepted", what)
		}
	}
	start := genesis(b.signer)
	start.Proof = act.Proof
	if _, err := (&journal.State{}).Seal(start, b.signer); err == nil {
		t.Error("a genesis with a proof was sealed")
	}
}

// Verification finds proofs that are not by the author, offline.
func TestVerifyChecksAuthors(t *testing.T) {
	t.Parallel()
	own, stranger := signer(7), signer(8)
	device := func(id, of string, more string) json.RawMessage {
		return json.RawMessage(`{"@id":"` + id + `","@type":"DeviceKey","keyOf":"` + of + `","publicKey":"` + string(own.PublicKey()) + `"` + more + `}`)
	}
	sign := func(act journal.Act, s journal.Signer) journal.Act {
		signed, err := journal.Signed(network, act)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := s.Sign(signed)
		if err != nil {
			t.Fatal(err)
		}
		act.Proof = &journal.Proof{Key: s.PublicKey(), Signature: signature}
		return act
	}
	keys := func(key string, kind journal.Kind, of []vf.ID, records ...json.RawMessage) journal.Act {
		return journal.Act{Kind: kind, Author: "agent/ana", Key: key, At: need(1).At, Records: records, Of: of}
	}
	declared := keys("d", journal.Declare, nil, device("key/1", "agent/ana", ""))
	tampered := sign(need(1), own)
	tampered.Key = "another"
	for name, c := range map[string]struct {
		acts    []journal.Act
		authors int64
		fault   bool
	}{
		"signed":                     {[]journal.Act{declared, sign(need(1), own), need(2)}, 1, false},
		"by nobody's key":            {[]journal.Act{declared, sign(need(1), stranger)}, 0, true},
		"before the key was known":   {[]journal.Act{sign(need(1), own), declared}, 0, true},
		"by the key of another":      {[]journal.Act{keys("d", journal.Declare, nil, device("key/1", "agent/bob", "")), sign(need(1), own)}, 0, true},
		"after the key had gone":     {[]journal.Act{declared, keys("w", journal.Withdraw, []vf.ID{"key/1"}), sign(need(1), own)}, 0, true},
		"after the key had ended":    {[]journal.Act{declared, keys("c", journal.Change, nil, device("key/1", "agent/ana", `,"hasEnd":"2020-01-01T00:00:00Z"`)), sign(need(1), own)}, 0, true},
		"before the key was to hold": {[]journal.Act{keys("d", journal.Declare, nil, device("key/1", "agent/ana", `,"hasBeginning":"2999-01-01T00:00:00Z"`)), sign(need(1), own)}, 0, true},
		"of another act":             {[]journal.Act{declared, tampered}, 0, true},
		"declared with itself":       {[]journal.Act{sign(declared, own)}, 0, true},
	} {
		b := newBook(t, 1)
		for _, act := range c.acts {
			b.add(t, act)
		}
		report := journal.Verify(entries(b.raws), journal.Evidence{})
		if c.fault != !report.Sound() || c.fault && report.Fault.Kind != journal.BadAuthor || !c.fault && report.Authors != c.authors {
			t.Errorf("%s: %+v, %v", name, report, report.Fault)
		}
	}
}
