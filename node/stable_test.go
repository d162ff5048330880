package node_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/store"
	"commonweal/vf"
)

// calls are what was entered, call by call, when the files in testdata were written:
// texts with all that must be escaped, personal data, several acts in a call,
// corrections, an adopted plan, proofs of authors, and another key of the network.
func calls(next journal.PublicKey) [][]node.Act {
	zoned, err := vf.ParseTime("2023-05-02T08:30:00+02:00")
	if err != nil {
		panic(err)
	}
	odd := "Öl & <Wolle> \"fein\" \\ \t\u2028 \U0001F9F6 \x01 \u007f"
	return [][]node.Act{
		{{Kind: journal.Declare, Key: "knowledge", Records: append(knowledge(),
			&vf.ResourceSpecification{ID: "spec/ö", Name: odd, Note: odd, MediumOfExchange: vf.Yes, ResourceClassifiedAs: []string{"https://example.org/a?b=1&c=<d>", "z"}},
			&vf.EconomicResource{ID: "resource/fleece", Name: "Fleece", ConformsTo: "spec/wool", PrimaryAccountable: "agent/ann", AccountingQuantity: one("12", "unit/kg"), OnhandQuantity: one("10.25", "unit/kg"), Note: "in the barn"},
			&vf.RecipeProcess{ID: "recipe/spin", Name: "Spin", ProcessConformsTo: "process-spec/spin", HasDuration: one("3", "unit/h")},
			&vf.RecipeFlow{ID: "recipe/in", Action: vf.Consume, RecipeInputOf: "recipe/spin", ResourceConformsTo: "spec/wool", ResourceQuantity: one("1.25", "unit/kg")},
			&vf.RecipeFlow{ID: "recipe/out", Action: vf.Produce, RecipeOutputOf: "recipe/spin", ResourceConformsTo: "spec/yarn", ResourceQuantity: one("1", "unit/kg")},
			&vf.Intent{ID: "need/yarn", Action: vf.Transfer, Receiver: "agent/bob", ResourceConformsTo: "spec/yarn", ResourceQuantity: one("5", "unit/kg"), Due: vf.At(1690000000), Tier: 2})}},
		{{Kind: journal.Declare, Key: "rights", Records: []vf.Record{
			&vf.Membership{ID: "membership/ann", Member: "agent/ann", Role: "owner"}, &vf.Membership{ID: "membership/bob", Member: "agent/bob", Role: "member"},
			&vf.DeviceKey{ID: "key/ann", KeyOf: "agent/ann", PublicKey: string(deviceOfAnn.PublicKey())}}}},
		{
			{Kind: journal.Commit, Key: "promise", Author: "agent/ann", Records: []vf.Record{
				&vf.Process{ID: "process/spin", Name: "Spin", BasedOn: "process-spec/spin"},
				&vf.Commitment{ID: "commitment/spin", Action: vf.Produce, OutputOf: "process/spin", Provider: "agent/ann", Receiver: "agent/ann",
					ResourceConformsTo: "spec/yarn", ResourceQuantity: one("6", "unit/kg"), Satisfies: []vf.ID{"need/yarn"}}}},
			{Kind: journal.Record, Key: "spun \"<&\u2028", Author: "agent/ann", At: zoned, Records: []vf.Record{
				&vf.EconomicEvent{ID: "event/1", Action: vf.Consume, InputOf: "process/spin", ResourceInventoriedAs: "resource/fleece", ResourceQuantity: one("7.5", "unit/kg")},
				&vf.EconomicEvent{ID: "event/2", Action: vf.Produce, OutputOf: "process/spin", ResourceInventoriedAs: "resource/yarn", ResourceConformsTo: "spec/yarn",
					Provider: "agent/ann", Receiver: "agent/ann", ResourceQuantity: one("6", "unit/kg"), Fulfills: []vf.ID{"commitment/spin"}, HasPointInTime: zoned, Note: odd}}},
			{Kind: journal.Correct, Key: "less", Records: []vf.Record{&vf.EconomicEvent{ID: "event/3", Corrects: "event/2", ResourceQuantity: one("-0.5", "unit/kg")}}},
		},
		{{Kind: journal.Adopt, Key: "plan", Records: []vf.Record{&vf.Plan{ID: "plan/may", Name: "May", Created: vf.At(1683000000), Due: vf.At(1700000000)}}}},
		{{Kind: journal.Change, Key: "renamed", Records: []vf.Record{&vf.ResourceSpecification{ID: "spec/yarn", Name: "Yarn, " + odd, DefaultUnitOfResource: "unit/kg"}}}},
		{{Kind: journal.Finish, Key: "done", Of: []vf.ID{"process/spin", "commitment/spin"}}, {Kind: journal.Erase, Key: "forgotten", Author: "agent/ann", Of: []vf.ID{"event/2"}}},
		{{Kind: journal.Declare, Key: "more", Author: "agent/bob", Records: []vf.Record{yarn("need/more", "agent/bob")}}},
		{{Kind: journal.Withdraw, Key: "less of it", Author: "agent/bob", Of: []vf.ID{"need/more"}}},
		{{Kind: journal.RotateKey, Key: "rotate", PublicKey: next}},
	}
}

var deviceOfAnn = journal.NewSigner(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)))

// The journal is a format that lasts: the same acts make the same bytes, signatures
// and checkpoint as when testdata/runs.txt was written. What was written then still
// verifies, and so does testdata/journal.txt, which was written when each entry was signed.
func TestJournalStaysAsItIs(t *testing.T) {
	t.Parallel()
	b := begin(t)
	next := journal.NewSigner(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{5}, 32)))
	for _, acts := range calls(next.PublicKey()) {
		for i := range acts {
			if acts[i].Author == "" {
				acts[i].Author = "agent/wool"
			}
		}
		b.clock++
		if _, err := b.Do(context.Background(), acts...); err != nil {
			t.Fatalf("%s: %v", acts[0].Key, err)
		}
	}
	b.SignWith(next)
	b.may("agent/ann", b.signed("agent/ann", deviceOfAnn, node.Act{Kind: journal.Declare, Key: "signed", Salt: [32]byte{9}, Records: []vf.Record{
		&vf.Intent{ID: "offer/yarn", Action: vf.Transfer, Provider: "agent/ann", ResourceConformsTo: "spec/yarn", AvailableQuantity: one("0.125", "unit/kg"), Note: "freshly spun"}}}))
	b.sound()
	made := written(t, b)
	want, acts := b.keptJournal(t, "testdata/runs.txt")
	for i, line := range bytes.Split(bytes.TrimSpace(made), []byte("\n")) {
		if was := bytes.Split(want, []byte("\n")); i >= len(was) || !bytes.Equal(line, was[i]) {
			t.Fatalf("line %d was written as\n%s\nand is now\n%s", i, was[min(i, len(was)-1)], line)
		}
	}
	if !bytes.Equal(made, want) {
		t.Errorf("%d bytes were written, now %d", len(want), len(made))
	}
	_, before := b.keptJournal(t, "testdata/journal.txt")
	if diff := cmp.Diff(before, acts); diff != "" {
		t.Errorf("in runs the acts are others: %s", diff)
	}
}

// keptJournal reads a journal of these books from a file, which must verify, and its acts.
func (b *books) keptJournal(t *testing.T, path string) (content []byte, acts []journal.Act) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	entries, checkpoint, _ := bytes.Cut(content, []byte("\n\n"))
	report := journal.Verify(func(yield func(int64, []byte) error) error {
		for i, line := range bytes.Split(entries, []byte("\n")) {
			if err := yield(int64(i), line); err != nil {
				return err
			}
			e, err := journal.Decode(line)
			if err != nil {
				return err
			}
			acts = append(acts, e.Act)
		}
		return nil
	}, journal.Evidence{Held: [][]byte{checkpoint}, FirstKey: journal.NewSigner(b.key).PublicKey()})
	if !report.Sound() || report.Authors != 1 {
		t.Errorf("%s: %+v", path, report)
	}
	return content, acts
}

// written is the journal, an entry in a line, and after an empty line its checkpoint.
func written(t *testing.T, b *books) []byte {
	t.Helper()
	var out bytes.Buffer
	err := b.Store().Entries(context.Background(), 0, func(_ int64, raw []byte) error {
		out.Write(append(raw, '\n'))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	checkpoint, err := b.Store().Get(context.Background(), store.Checkpoints, store.CheckpointKey(b.Journal().Size()))
	if err != nil {
		t.Fatal(err)
	}
	return append(append(out.Bytes(), '\n'), checkpoint...)
}
