package journal_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
)

func TestProofs(t *testing.T) {
	t.Parallel()
	b := newBook(t, 1)
	trees := []tlog.Tree{{}, b.state.Tree()}
	for n := 1; n < 40; n++ {
		b.add(t, need(n))
		trees = append(trees, b.state.Tree())
	}
	for size := int64(1); size <= 40; size++ {
		for seq := range size {
			p, err := journal.ProveInclusion(size, seq, b)
			if err != nil {
				t.Fatal(err)
			}
			if err := journal.CheckInclusion(trees[size], seq, b.raws[seq], p); err != nil {
				t.Fatal(err)
			}
			if journal.CheckInclusion(trees[size], seq, b.raws[(seq+1)%40], p) == nil {
				t.Fatalf("a proof for entry %d of %d shows another entry", seq, size)
			}
			if len(p) > 0 {
				p[len(p)/2][0] ^= 1
				if journal.CheckInclusion(trees[size], seq, b.raws[seq], p) == nil {
					t.Fatalf("a changed proof for entry %d of %d was accepted", seq, size)
				}
			}
		}
		for older := int64(1); older <= size; older++ {
			p, err := journal.ProveConsistency(size, older, b)
			if err != nil {
				t.Fatal(err)
			}
			if err := journal.CheckConsistency(trees[size], trees[older], p); err != nil {
				t.Fatal(err)
			}
			other := trees[older]
			other.Hash[5] ^= 1
			if journal.CheckConsistency(trees[size], other, p) == nil {
				t.Fatalf("a journal of %d entries was shown to begin with another of %d", size, older)
			}
		}
	}
	if _, err := journal.ProveInclusion(3, 3, b); err == nil {
		t.Error("an entry beyond the end was proven")
	}
	if _, err := journal.ProveConsistency(3, 4, b); err == nil {
		t.Error("a shorter journal was proven to begin with a longer")
	}
	if journal.CheckInclusion(trees[3], 3, b.raws[3], nil) == nil || journal.CheckConsistency(trees[3], trees[4], nil) == nil ||
		journal.CheckConsistency(trees[3], tlog.Tree{}, nil) == nil {
		t.Error("what cannot be was shown")
	}
}

func TestCheckpoint(t *testing.T) {
	t.Parallel()
	b := newBook(t, 5)
	raw := b.checkpoint(t)
	key := b.signer.PublicKey()
	tree, err := journal.OpenCheckpoint(raw, network, key)
	if err != nil || tree != b.state.Tree() {
		t.Fatalf("the checkpoint says %v, %v", tree, err)
	}
	// Tools for notes can read it with the key in their form.
	vkey, err := journal.VerifierKey(network, key)
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(raw, note.VerifierList(v))
	if err != nil || !strings.HasPrefix(n.Text, network+"\n5\n") {
		t.Errorf("a tool for notes reads %+v, %v", n, err)
	}
	if _, err := journal.OpenCheckpoint(raw, network, signer(2).PublicKey()); err == nil {
		t.Error("a checkpoint opened with another key")
	}
	if _, err := journal.OpenCheckpoint(raw, "https://example.org/other/", key); err == nil {
		t.Error("a checkpoint opened for another network")
	}
	if _, err := journal.OpenCheckpoint(raw, network, "nonsense"); err == nil {
		t.Error("a checkpoint opened with no key")
	}
	if _, err := journal.VerifierKey(network, "nonsense"); err == nil {
		t.Error("nonsense has a verifier key")
	}
	for _, edit := range [][2]string{{"\n5\n", "\n05\n"}, {"\n5\n", "\n0\n"}, {"\n5\n", "\n-5\n"}, {"\n5\n", "\nx\n"}, {"\n5\n", "\n5\n5\n"}, {"=\n\n", "\n\n"}, {"\n\n", "\n"}} {
		if _, _, err := journal.ReadCheckpoint(bytes.Replace(raw, []byte(edit[0]), []byte(edit[1]), 1)); err == nil {
			t.Errorf("with %q for %q the checkpoint was read", edit[1], edit[0])
		}
	}
}

func FuzzReadCheckpoint(f *testing.F) {
	f.Add(newBook(f, 5).checkpoint(f))
	f.Fuzz(func(t *testing.T, raw []byte) {
		name, tree, err := journal.ReadCheckpoint(raw)
		if err == nil && (tree.N < 1 || strings.Contains(name, "\n")) {
			t.Fatalf("%q was read as %q, %v", raw, name, tree)
		}
	})
}

func TestKeys(t *testing.T) {
	t.Parallel()
	b := newBook(t, 3)
	one, two, three := signer(1), signer(2), signer(3)
	b.add(t, key(journal.RotateKey, two.PublicKey()))
	_, err := b.state.Seal(need(4), one)
	refused(t, err, "keyNotInUse")
	_, err = b.state.Checkpoint(one)
	refused(t, err, "keyNotInUse")
	b.signer = two
	b.add(t, need(4))
	b.add(t, key(journal.RevokeKey, one.PublicKey()))
	again := key(journal.RevokeKey, one.PublicKey())
	again.Key = "again"
	b.add(t, again)
	b.add(t, key(journal.RotateKey, three.PublicKey()))
	b.signer = three
	b.add(t, need(9))
	keys := b.state.Keys()
	want := journal.Keyring{{Key: one.PublicKey(), Until: 3, Revoked: 5}, {Key: two.PublicKey(), From: 4, Until: 7}, {Key: three.PublicKey(), From: 8}}
	if len(keys) != 3 || keys[0] != want[0] || keys[1] != want[1] || keys[2] != want[2] || keys.InUse() != three.PublicKey() {
		t.Errorf("the keyring is %+v, not %+v", keys, want)
	}
	if s := replay(t, b.raws); s.Tree() != b.state.Tree() || len(s.Keys()) != 3 || s.Keys()[0] != want[0] {
		t.Errorf("replay has the keys %+v", s.Keys())
	}
	if used := (&journal.State{}).Keys().InUse(); used != "" {
		t.Errorf("before the genesis %s is in use", used)
	}
}

func TestResumeRefuses(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(*journal.Mark){
		"a size below 0":    func(m *journal.Mark) { m.Size = -1 },
		"another size":      func(m *journal.Mark) { m.Size += 2 },
		"no network":        func(m *journal.Mark) { m.Network = "" },
		"no key":            func(m *journal.Mark) { m.Keys = nil },
		"nothing signed":    func(m *journal.Mark) { m.Unsigned = m.Size },
		"too many unsigned": func(m *journal.Mark) { m.Unsigned = -1 },
		"another last":      func(m *journal.Mark) { m.Last[0] ^= 1 },
		"no edge":           func(m *journal.Mark) { m.Edge = nil },
		"an edge too big":   func(m *journal.Mark) { m.Edge = append(m.Edge, m.Last) },
	} {
		m := newBook(t, 5).state.Mark()
		edit(&m)
		if _, err := journal.Resume(m); err == nil {
			t.Errorf("a mark with %s was resumed", name)
		}
	}
	if s, err := journal.Resume((&journal.State{}).Mark()); err != nil || s.Size() != 0 {
		t.Errorf("the mark before the genesis: %v", err)
	}
}
