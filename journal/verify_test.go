package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
)

// The places in the journal that is tampered with.
const (
	rotated = 30 // the first entry that the second key signs
	revoked = 45 // the entry that revokes the first
	covered = 60 // entries covered by the checkpoint held elsewhere
	total   = 80
)

// tale is a journal with a rotation and a revocation, stored checkpoints, and a
// checkpoint from the middle that somebody else holds.
type tale struct {
	*book
	stored [][]byte
	held   []byte
	states []*journal.State // before each entry, and after the last
}

// In runs, one entry in three is signed, beside those that must be and those to which a
// checkpoint belongs.
func newTale(t testing.TB, runs bool) tale {
	t.Helper()
	tale := tale{book: newBook(t, 1), states: []*journal.State{{}}}
	dice := rand.New(rand.NewPCG(3, 4))
	for n := 1; n < total; n++ {
		tale.states = append(tale.states, tale.state.Clone())
		switch n {
		case rotated - 1:
			tale.put(t, key(journal.RotateKey, signer(2).PublicKey()), !runs) // it is signed in any case
			tale.signer = signer(2)
		case revoked:
			tale.put(t, key(journal.RevokeKey, signer(1).PublicKey()), !runs)
		default:
			tale.put(t, need(n), !runs || n%20 == 0 || n == covered-1 || n == total-1 || dice.IntN(3) == 0)
		}
		if n%20 == 0 {
			tale.stored = append(tale.stored, tale.checkpoint(t))
		}
		if n == covered-1 {
			tale.held = tale.checkpoint(t)
		}
	}
	tale.stored = append(tale.stored, tale.checkpoint(t))
	tale.states = append(tale.states, tale.state.Clone())
	return tale
}

func (b tale) evidence() journal.Evidence {
	return journal.Evidence{Stored: b.stored, Held: [][]byte{b.held}, FirstKey: signer(1).PublicKey(), Hashes: b}
}

// until returns the stored checkpoints of at most so many entries.
func (b tale) until(size int) (list [][]byte) {
	for _, raw := range b.stored {
		if _, tree, err := journal.ReadCheckpoint(raw); err == nil && tree.N <= int64(size) {
			list = append(list, raw)
		}
	}
	return list
}

func TestVerify(t *testing.T) {
	t.Parallel()
	b := newTale(t, false)
	r := journal.Verify(entries(b.raws), b.evidence())
	if !r.Sound() || r.Network != network || r.Entries != total || r.Held != covered || r.Stored != total || r.Root != b.state.Tree().Hash {
		t.Fatalf("a sound journal was reported as %+v", r)
	}
	for _, want := range []string{"All 80 entries", "covers the first 60", "Of the 20 after it"} {
		if !strings.Contains(r.Covers(), want) {
			t.Errorf("what it covers does not say %q: %s", want, r.Covers())
		}
	}
	ev := b.evidence()
	ev.Held = append(ev.Held, b.checkpoint(t))
	if r = journal.Verify(entries(b.raws), ev); r.Held != total || !strings.Contains(r.Covers(), "covers all of them") {
		t.Errorf("with a checkpoint of all: %d, %s", r.Held, r.Covers())
	}
	if r = journal.Verify(entries(b.raws), journal.Evidence{}); r.Held != 0 || !strings.Contains(r.Covers(), "no checkpoint from elsewhere") {
		t.Errorf("without a checkpoint: %d, %s", r.Held, r.Covers())
	}
	// The first key was revoked: stored checkpoints with its signature count for nothing, held ones do.
	early := [][]byte{b.stored[0]}
	if r = journal.Verify(entries(b.raws), journal.Evidence{Stored: early}); !r.Sound() || r.Stored != 0 {
		t.Errorf("a stored checkpoint of a revoked key counts for %d entries", r.Stored)
	}
	if r = journal.Verify(entries(b.raws), journal.Evidence{Held: early}); !r.Sound() || r.Held != 21 {
		t.Errorf("a held checkpoint of a revoked key counts for %d entries", r.Held)
	}
	if r = journal.Verify(entries(nil), journal.Evidence{}); !r.Sound() || r.Entries != 0 {
		t.Errorf("an empty journal was reported as %+v", r)
	}
}

// tampering changes entries from the first that it may change on, and before an
// end; it returns them with where the fault must show, -1 if that is left open.
type tampering struct {
	name string
	do   func(t *testing.T, b tale, raws [][]byte, from, end int, dice *rand.Rand) ([][]byte, int)
}

func place(from, end int, dice *rand.Rand) int { return from + dice.IntN(end-from) }

var tamperings = []tampering{
	{"flip a bit", func(_ *testing.T, _ tale, raws [][]byte, from, end int, dice *rand.Rand) ([][]byte, int) {
		i := place(from, end, dice)
		raws[i] = bytes.Clone(raws[i])
		raws[i][dice.IntN(len(raws[i]))] ^= 1 << dice.IntN(8)
		return raws, i
	}},
	{"change a word", func(_ *testing.T, _ tale, raws [][]byte, from, end int, dice *rand.Rand) ([][]byte, int) {
		i := place(from, end, dice)
		raws[i] = bytes.Replace(raws[i], []byte("agent/"), []byte("agent/x"), 1)
		return raws, i
	}},
	{"drop one", func(_ *testing.T, _ tale, raws [][]byte, from, end int, dice *rand.Rand) ([][]byte, int) {
		i := place(from, end-1, dice)
		return slices.Delete(raws, i, i+1), i
	}},
	{"put a copy in", func(_ *testing.T, _ tale, raws [][]byte, from, end int, dice *rand.Rand) ([][]byte, int) {
		i := place(from, end, dice)
		j := dice.IntN(len(raws))
		if j == i+1 { // in its own place it is no tampering
			j = i
		}
		return slices.Insert(raws, i+1, raws[j]), i + 1
	}},
	{"put one in, signed by a stranger", func(t *testing.T, b tale, raws [][]byte, from, end int, dice *rand.Rand) ([][]byte, int) {
		i := place(from, end, dice)
		return slices.Insert(raws, i+1, forge(t, b.states[i+1], signer(9), signer(9).PublicKey())), i + 1
	}},
	{"put one in that claims the key in use", func(t *testing.T, b tale, raws [][]byte, from, end int, dice *rand.Rand) ([][]byte, int) {
		i := place(from, end, dice)
		return slices.Insert(raws, i+1, forge(t, b.states[i+1], signer(9), "")), i + 1
	}},
	{"reorder", func(_ *testing.T, _ tale, raws [][]byte, from, end int, dice *rand.Rand) ([][]byte, int) {
		i := place(from, end-1, dice)
		j := place(i+1, end, dice)
		raws[i], raws[j] = raws[j], raws[i]
		return raws, i
	}},
	{"put one in that nobody signed", func(t *testing.T, b tale, raws [][]byte, from, end int, dice *rand.Rand) ([][]byte, int) {
		i := place(from, end, dice)
		return slices.Insert(raws, i+1, forge(t, b.states[i+1], nil, "")), i + 1
	}},
	{"take a signature off", func(_ *testing.T, _ tale, raws [][]byte, from, end int, dice *rand.Rand) ([][]byte, int) {
		i := signedFrom(raws, place(from, end, dice))
		raws[i] = unsigned(raws[i])
		return raws, i
	}},
	{"move a signature", func(_ *testing.T, _ tale, raws [][]byte, from, end int, dice *rand.Rand) ([][]byte, int) {
		i := place(from, end-1, dice)
		j := signedFrom(raws, i+1)
		raws[i] = bytes.Replace(unsigned(raws[i]), []byte(`,"signedBy"`), signatureMember.Find(raws[j]), 1)
		raws[j] = unsigned(raws[j])
		return raws, i
	}},
}

// forge makes the next entry of a journal, which names a key and is signed by
// another, or by nobody; an empty name stands for the key in use.
func forge(t *testing.T, s *journal.State, by journal.Signer, named journal.PublicKey) []byte {
	t.Helper()
	if named == "" {
		named = s.Keys().InUse()
	}
	e := journal.Entry{Sequence: s.Size(), Network: network, Previous: s.Mark().Last, Act: need(7), SignedBy: named}
	raw, err := e.Encode()
	if err == nil && by != nil {
		if e.Signature, err = by.Sign(raw); err == nil {
			raw, err = e.Encode()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

var signatureMember = regexp.MustCompile(`,"signature":"[^"]*","signedBy"`)

// isSigned reports whether an entry carries a signature of the network.
func isSigned(raw []byte) bool { return signatureMember.Match(raw) }

// unsigned takes the signature off an entry.
func unsigned(raw []byte) []byte { return signatureMember.ReplaceAll(raw, []byte(`,"signedBy"`)) }

// signedFrom is the first entry from a place on that is signed; there is one before the end.
func signedFrom(raws [][]byte, i int) int {
	return i + slices.IndexFunc(raws[i:], isSigned)
}

func replay(t *testing.T, raws [][]byte) *journal.State {
	t.Helper()
	s := &journal.State{}
	for _, raw := range raws {
		if _, _, err := s.Apply(raw); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// rewrite seals other acts with the true keys from an entry on.
func rewrite(t *testing.T, b tale, from, size int) [][]byte {
	t.Helper()
	other := &book{state: b.states[from].Clone(), signer: b.signer, raws: slices.Clone(b.raws[:from])}
	other.hashes = make([]tlog.Hash, tlog.StoredHashCount(int64(from)))
	for n := from; n < size; n++ {
		other.add(t, need(1000+n))
	}
	return other.raws
}

// TestTampering tampers 1,000 times with what the held checkpoint covers, and
// 300 times with what is after it without having the keys, in turn with a journal in
// which each entry is signed and one in runs. Each is found, and where an entry was touched,
// at that entry, or where this has no signature of its own, at the next.
func TestTampering(t *testing.T) {
	t.Parallel()
	tales := []tale{newTale(t, false), newTale(t, true)}
	dice := rand.New(rand.NewPCG(5, 6))
	times := 1
	if os.Getenv("COMMONWEAL_SOAK") != "" {
		times = 100
	}
	for n := range 1300 * times {
		from, end := 0, covered
		if n >= 1000*times {
			from, end = covered, total
		}
		b, how := tales[n/len(tamperings)%2], tamperings[n%len(tamperings)]
		raws, at := how.do(t, b, slices.Clone(b.raws), from, end, dice)
		// Somebody with the file changes its hashes and checkpoints too.
		r := journal.Verify(entries(raws), journal.Evidence{Held: [][]byte{b.held}})
		if r.Sound() {
			t.Fatalf("%d: %s at %d was not found", n, how.name, at)
		}
		shows := r.Fault.Sequence == int64(at)
		if !isSigned(raws[at]) {
			shows = shows || r.Fault.Sequence == int64(at)+1 || at == covered-1 && r.Fault.Kind == journal.OtherRoot // the checkpoint comes first
		}
		read := r.Entries == r.Fault.Sequence || r.Fault.Kind == journal.OtherRoot || r.Fault.Kind == journal.Unsigned && r.Entries == int64(len(raws))
		if !shows || !read {
			t.Fatalf("%d: %s at %d was found at %d after %d entries: %v", n, how.name, at, r.Fault.Sequence, r.Entries, r.Fault)
		}
	}
}

// TestRollingBack cuts off and rewrites what the held checkpoint covers, with
// the true keys, and takes the checkpoints stored beside along.
func TestRollingBack(t *testing.T) {
	t.Parallel()
	tales := []tale{newTale(t, false), newTale(t, true)}
	dice := rand.New(rand.NewPCG(7, 8))
	for n := range 200 {
		b := tales[n/2%2]
		size := dice.IntN(covered)
		raws, kind := b.raws[:size], journal.CutOff
		if n%2 == 1 {
			size = rotated + dice.IntN(covered-rotated)
			raws, kind = rewrite(t, b, size, total-dice.IntN(total-covered)), journal.OtherRoot
		}
		ev := journal.Evidence{Held: [][]byte{b.held}, Stored: b.until(size)}
		r := journal.Verify(entries(raws), ev)
		if r.Sound() || r.Fault.Kind != kind || kind == journal.OtherRoot && r.Fault.Sequence > int64(size) {
			t.Fatalf("rolling back to %d entries was reported as %v", size, r.Fault)
		}
		if !strings.Contains(r.Fault.Text, "60 entries") || !strings.Contains(r.Covers(), "until a fault") {
			t.Errorf("the fault does not say what was covered: %v, %s", r.Fault, r.Covers())
		}
	}
}

// TestTheLimit shows what cannot be found, and that the report says so: whoever
// has the keys can write anew what no held checkpoint covers.
func TestTheLimit(t *testing.T) {
	t.Parallel()
	b := newTale(t, false)
	for name, raws := range map[string][][]byte{"rewritten": rewrite(t, b, covered, total+5), "cut off": b.raws[:covered+1], "cut off at the checkpoint": b.raws[:covered]} {
		r := journal.Verify(entries(raws), journal.Evidence{Held: [][]byte{b.held}, Stored: b.until(covered)})
		if !r.Sound() || r.Held != covered || r.Entries != int64(len(raws)) {
			t.Errorf("%s after the checkpoint: %+v", name, r)
		}
		if len(raws) > covered && !strings.Contains(r.Covers(), fmt.Sprintf("Of the %d after it the signatures alone", len(raws)-covered)) {
			t.Errorf("%s: the limit is not told: %s", name, r.Covers())
		}
		// With the checkpoints stored beside left as they were, these are found too.
		if r := journal.Verify(entries(raws), b.evidence()); r.Sound() {
			t.Errorf("%s was not found against the stored checkpoints", name)
		}
	}
}

func TestEvidence(t *testing.T) {
	t.Parallel()
	b := newTale(t, false)
	stranger := newBook(t, 3)
	forked := &book{state: &journal.State{}, signer: signer(4)}
	forked.add(t, genesis(forked.signer))
	all := entries(b.raws)
	for name, c := range map[string]struct {
		entries journal.Entries
		edit    func(*journal.Evidence)
		kind    journal.FaultKind
	}{
		"another first key":           {all, func(ev *journal.Evidence) { ev.FirstKey = signer(3).PublicKey() }, journal.OtherGenesis},
		"junk as a stored checkpoint": {all, func(ev *journal.Evidence) { ev.Stored = append(ev.Stored, []byte("junk")) }, journal.BadCheckpoint},
		"junk as a held checkpoint":   {all, func(ev *journal.Evidence) { ev.Held = [][]byte{nil} }, journal.BadCheckpoint},
		"a checkpoint of another key": {all, func(ev *journal.Evidence) { ev.Stored = [][]byte{forked.checkpoint(t)} }, journal.BadCheckpoint},
		"a checkpoint of other books": {all, func(ev *journal.Evidence) { ev.Held = [][]byte{stranger.checkpoint(t)} }, ""},
		"a checkpoint with another size": {all, func(ev *journal.Evidence) {
			ev.Stored = [][]byte{bytes.Replace(b.held, []byte("\n60\n"), []byte("\n59\n"), 1)}
		}, journal.BadCheckpoint},
		"a checkpoint by a retired key": {all, func(ev *journal.Evidence) {
			s := replay(t, b.raws[:20])
			old, err := s.Checkpoint(signer(1))
			if err != nil {
				t.Fatal(err)
			}
			ev.Held = [][]byte{bytes.Replace(old, []byte("\n20\n"), []byte("\n50\n"), 1)}
		}, journal.BadCheckpoint},
		"another stored hash": {all, func(ev *journal.Evidence) {
			ev.Hashes = tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
				list, err := b.ReadHashes(indexes)
				if at := slices.Index(indexes, tlog.StoredHashIndex(0, 37)); at >= 0 {
					list[at][3] ^= 1
				}
				return list, err
			})
		}, journal.OtherHash},
		"stored hashes that cannot be read": {all, func(ev *journal.Evidence) {
			ev.Hashes = tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return nil, errors.New("gone") })
		}, journal.Unreadable},
		"entries that cannot be read": {func(yield func(int64, []byte) error) error {
			return errors.Join(yield(0, b.raws[0]), errors.New("gone"))
		}, func(*journal.Evidence) {}, journal.Unreadable},
		"a storage with a gap": {func(yield func(int64, []byte) error) error {
			return errors.Join(yield(0, b.raws[0]), yield(2, b.raws[2]))
		}, func(*journal.Evidence) {}, journal.OutOfPlace},
	} {
		ev := b.evidence()
		c.edit(&ev)
		r := journal.Verify(c.entries, ev)
		switch {
		case c.kind == "": // the journals begin alike, so that their checkpoints of 3 entries agree
			if !r.Sound() || r.Held != 3 {
				t.Errorf("%s: %+v", name, r.Fault)
			}
		case r.Sound() || r.Fault.Kind != c.kind:
			t.Errorf("%s was reported as %v, not as %s", name, r.Fault, c.kind)
		case c.kind == journal.OtherHash && r.Fault.Sequence != 37:
			t.Errorf("%s of entry 37 was found at %d", name, r.Fault.Sequence)
		}
	}
}

func TestApplyNamesTheFault(t *testing.T) {
	t.Parallel()
	b := newBook(t, 3)
	other := &book{state: &journal.State{}, signer: signer(1)}
	act := genesis(other.signer)
	act.Network = "https://example.org/other/"
	other.add(t, act)
	other.add(t, need(1))
	for kind, raw := range map[journal.FaultKind][]byte{
		journal.NotAnEntry:   []byte("junk"),
		journal.OutOfPlace:   b.raws[2],
		journal.OtherNetwork: other.raws[1],
		journal.BrokenChain:  bytes.Replace(b.raws[1], []byte(`"previous":"`+tlog.RecordHash(b.raws[0]).String()), []byte(`"previous":"`+tlog.Hash{}.String()), 1),
		journal.NotAdmitted:  forge(t, replay(t, b.raws[:1]), signer(2), signer(2).PublicKey()),
		journal.BadSignature: forge(t, replay(t, b.raws[:1]), signer(2), ""),
	} {
		s := replay(t, b.raws[:1])
		_, _, err := s.Apply(raw)
		var f *journal.Fault
		if !errors.As(err, &f) || f.Kind != kind || f.Sequence != 1 || s.Size() != 1 {
			t.Errorf("got %v, not a fault of kind %s at entry 1", err, kind)
		} else if !strings.Contains(f.Error(), "entry 1 ") || !strings.Contains(f.Error(), string(kind)) {
			t.Errorf("the fault is told as %q", f)
		}
	}
	lying := bytes.Replace(b.raws[0], []byte(`},"network":"https://example.org/network/"`), []byte(`},"network":"https://example.org/else/"`), 1)
	var f *journal.Fault
	if _, _, err := (&journal.State{}).Apply(lying); !errors.As(err, &f) || f.Kind != journal.OtherNetwork {
		t.Errorf("a genesis that says two networks was answered with %v", err)
	}
}
