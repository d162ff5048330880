package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"commonweal/journal"
)

// counting counts how often it signs.
type counting struct {
	journal.Signer
	signed atomic.Int64
}

func (s *counting) Sign(msg []byte) ([]byte, error) {
	s.signed.Add(1)
	return s.Signer.Sign(msg)
}

// What is sealed in runs of any lengths, with keys that change in between, is read back
// as the same acts with the same roots, and may end exactly where it is signed.
func TestSealInRunsAndReplayAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		by := &counting{Signer: signer(1)}
		b := &book{state: &journal.State{}, signer: by}
		replayed, followed := &journal.State{}, &journal.State{}
		keys, open := byte(1), int64(0)
		for n := range rapid.IntRange(1, 40).Draw(rt, "entries") {
			act, must := need(n), n == 0
			switch kind := rapid.IntRange(0, 9).Draw(rt, "kind"); {
			case n == 0:
				act = genesis(by)
			case kind == 0:
				keys++
				act, must = key(journal.RotateKey, signer(keys).PublicKey()), true
			case kind == 1 && keys > 1:
				act = key(journal.RevokeKey, signer(keys-1).PublicKey())
				act.Key += fmt.Sprint(n)
			}
			signed := rapid.Bool().Draw(rt, "signed")
			before := by.signed.Load()
			b.put(t, act, signed)
			if open++; signed || must {
				open = 0
			}
			if raw := b.raws[n]; isSigned(raw) != (open == 0) || by.signed.Load()-before > 1 || (by.signed.Load() > before) != (open == 0) {
				rt.Fatalf("entry %d was signed otherwise than it should be: %s", n, raw)
			}
			by.Signer = signer(keys)
			for i, s := range []*journal.State{replayed, followed} {
				var err error
				if i == 0 {
					_, _, err = s.Apply(b.raws[n])
				} else {
					_, err = s.FollowRead(journal.Read(b.raws[n]))
				}
				if err != nil {
					rt.Fatal(err)
				}
				mayEnd(rt, s, int64(n), open)
			}
			resumed, err := journal.Resume(replayed.Mark())
			if err != nil || resumed.Tree() != b.state.Tree() {
				rt.Fatalf("the state of %d entries did not resume: %v", n+1, err)
			}
			mayEnd(rt, resumed, int64(n), open)
			mayEnd(rt, b.state, int64(n), open)
			if n%10 != 0 {
				continue
			}
			if r := journal.Verify(entries(b.raws), journal.Evidence{Hashes: b}); r.Sound() != (open == 0) || r.Unsigned != open || r.Entries != int64(n)+1 || r.Root != b.state.Tree().Hash {
				rt.Fatalf("%d entries, of which %d are not signed yet, were reported as %+v", n+1, open, r)
			}
		}
	})
}

// mayEnd checks what a state says of its end.
func mayEnd(t *rapid.T, s *journal.State, last, open int64) {
	err := s.End()
	var f *journal.Fault
	if s.Unsigned() != open || (err == nil) != (open == 0) || err != nil && (!errors.As(err, &f) || f.Kind != journal.Unsigned || f.Sequence != last) {
		t.Fatalf("with %d entries at the end, the last %d, that are not signed, %d are said to be, and %v", open, last, s.Unsigned(), err)
	}
	if open > 0 && !strings.Contains(err.Error(), fmt.Sprintf("entries from %d on", last-open+1)) {
		t.Fatalf("which are not signed is not said: %v", err)
	}
}

// A journal may be cut off by nobody within a run, whether a checkpoint is held or not; what is cut
// off where a run ends is found by the checkpoint alone.
func TestCutOffWithinARun(t *testing.T) {
	t.Parallel()
	b := newTale(t, true)
	for size := 1; size < total; size++ {
		r := journal.Verify(entries(b.raws[:size]), journal.Evidence{})
		if isSigned(b.raws[size-1]) != r.Sound() || !r.Sound() && (r.Fault.Kind != journal.Unsigned || r.Fault.Sequence != int64(size)-1) {
			t.Errorf("%d entries were reported as %+v", size, r.Fault)
		}
		if !r.Sound() && !strings.Contains(r.Covers(), fmt.Sprintf("The last %d of them stand on no signature", r.Unsigned)) {
			t.Errorf("what is not signed is not told: %s", r.Covers())
		}
		if _, err := b.states[size].Checkpoint(signer(2)); size >= rotated && (err == nil) != r.Sound() {
			t.Errorf("a checkpoint of %d entries: %v", size, err)
		}
	}
}

// The entries of a run cannot be exchanged for others by whoever has no key: not one of
// them, not all but the signed one, and not with the signature of another run.
func TestARunStandsOnItsOwnSignature(t *testing.T) {
	t.Parallel()
	run := func(first int) [][]byte {
		b := newBook(t, 1)
		for n := range 4 {
			b.put(t, need(first+n), n == 3)
		}
		return b.raws
	}
	one, other := run(1), run(11)
	moved := append(append([][]byte{}, other[:4]...), bytes.Replace(unsigned(other[4]), []byte(`,"signedBy"`), signatureMember.Find(one[4]), 1))
	for name, c := range map[string]struct {
		raws [][]byte
		kind journal.FaultKind
		at   int64
	}{
		"one of another run":           {append(append([][]byte{}, one[:2]...), other[2], one[3], one[4]), journal.BrokenChain, 2},
		"all but the signed one":       {append(append([][]byte{}, other[:4]...), one[4]), journal.BrokenChain, 4},
		"the signature alone":          {moved, journal.BadSignature, 4},
		"the first made the last":      {append(append([][]byte{}, one[:1]...), bytes.Replace(one[1], []byte(`,"signedBy"`), signatureMember.Find(one[4]), 1)), journal.BadSignature, 1},
		"the signature of the network": {append(append([][]byte{}, one[:4]...), unsigned(one[4])), journal.Unsigned, 4},
	} {
		r := journal.Verify(entries(c.raws), journal.Evidence{})
		if r.Sound() || r.Fault.Kind != c.kind || r.Fault.Sequence != c.at {
			t.Errorf("%s was reported as %v", name, r.Fault)
		}
		if c.kind == journal.BrokenChain && c.at == 4 && !strings.Contains(r.Fault.Text, "entries from 1 on") {
			t.Errorf("which entries may be others is not said: %v", r.Fault)
		}
	}
}

// Entries that begin the use of a key are signed themselves, and a reader takes no others.
func TestKeysAreNeverChangedUnsigned(t *testing.T) {
	t.Parallel()
	b := newBook(t, 2)
	b.put(t, need(2), false)
	b.put(t, key(journal.RotateKey, signer(2).PublicKey()), false)
	b.signer = signer(2)
	b.put(t, need(4), false)
	b.add(t, need(5))
	if r := journal.Verify(entries(b.raws), journal.Evidence{Hashes: b}); !r.Sound() || !isSigned(b.raws[3]) || isSigned(b.raws[2]) || isSigned(b.raws[4]) {
		t.Fatalf("a key that changes in a run: %+v", r)
	}
	for _, at := range []int{0, 3} {
		raws := append(append([][]byte{}, b.raws[:at]...), unsigned(b.raws[at]))
		r := journal.Verify(entries(raws), journal.Evidence{})
		if r.Sound() || r.Fault.Kind != journal.Unsigned || r.Fault.Sequence != int64(at) || !strings.Contains(r.Fault.Text, "signed itself") {
			t.Errorf("without the signature of entry %d: %v", at, r.Fault)
		}
	}
	early := append(append([][]byte{}, b.raws[:3]...), forge(t, replay(t, b.raws[:3]), signer(2), signer(2).PublicKey()))
	if r := journal.Verify(entries(early), journal.Evidence{}); r.Sound() || r.Fault.Kind != journal.NotAdmitted || r.Fault.Sequence != 3 {
		t.Errorf("a run that another key ends: %v", r.Fault)
	}
}

// Sealing signs in between where a run would become too long, and a longer one is a fault.
func TestTheLongestRun(t *testing.T) {
	t.Parallel()
	by := &counting{Signer: signer(1)}
	b := &book{state: &journal.State{}, signer: by}
	b.add(t, genesis(by))
	for n := 1; n <= 2*journal.MaxRun; n++ {
		b.put(t, need(n), false)
		if long := n%journal.MaxRun == 0; long != (b.state.End() == nil) || long != isSigned(b.raws[n]) {
			t.Fatalf("entry %d: %v", n, b.state.End())
		}
	}
	if r := journal.Verify(entries(b.raws), journal.Evidence{Hashes: b}); !r.Sound() || by.signed.Load() != 3 {
		t.Errorf("with %d signatures: %+v", by.signed.Load(), r)
	}
	s := replay(t, b.raws[:journal.MaxRun])
	var f *journal.Fault
	if _, _, err := s.Apply(forge(t, s, nil, "")); !errors.As(err, &f) || f.Kind != journal.Unsigned || f.Sequence != journal.MaxRun {
		t.Errorf("a longer run was answered with %v", err)
	}
	if _, _, err := s.Apply(b.raws[journal.MaxRun]); err != nil {
		t.Error(err)
	}
}

// silent is a signer that gives no signature and no error.
type silent struct{ journal.Signer }

func (silent) Sign([]byte) ([]byte, error) { return nil, nil }

func TestASignerWithoutASignature(t *testing.T) {
	t.Parallel()
	b := newBook(t, 2)
	if _, err := b.state.Seal(need(2), silent{b.signer}); err == nil || b.state.Size() != 2 || b.state.Tree() != (tlog.Tree{N: 2, Hash: replay(t, b.raws).Tree().Hash}) {
		t.Errorf("an entry was sealed without a signature: %v", err)
	}
}
