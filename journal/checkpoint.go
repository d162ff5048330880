package journal

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"commonweal/rule"
)

// Checkpoint signs how many entries there are and the root of their tree, as a
// note with three lines: the network's id, the size, the root in base64. The
// signer must hold the key in use, and the journal must be one that may end here.
func (s *State) Checkpoint(signer Signer) ([]byte, error) {
	if s.order.size == 0 || signer.PublicKey() != s.order.keys.InUse() {
		return nil, rule.Refuse("keyNotInUse", "key", string(signer.PublicKey()), "inUse", string(s.order.keys.InUse()))
	}
	if err := s.End(); err != nil {
		return nil, err
	}
	v, err := verifier(s.order.network, signer.PublicKey())
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", s.order.network, s.order.size, s.root())
	return note.Sign(&note.Note{Text: text}, noteSigner{v, signer})
}

// noteSigner lets a Signer sign notes under the network's name.
type noteSigner struct {
	note.Verifier
	signer Signer
}

func (n noteSigner) Sign(msg []byte) ([]byte, error) { return n.signer.Sign(msg) }

// verifier checks notes of a network signed with a key.
func verifier(network string, key PublicKey) (note.Verifier, error) {
	raw, err := key.bytes()
	if err != nil {
		return nil, err
	}
	text, err := note.NewEd25519VerifierKey(network, raw)
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(text)
}

// VerifierKey returns the key of a network in the form in which tools for notes
// and transparency logs take it: "name+hash+key".
func VerifierKey(network string, key PublicKey) (string, error) {
	raw, err := key.bytes()
	if err != nil {
		return "", err
	}
	return note.NewEd25519VerifierKey(network, raw)
}

// OpenCheckpoint returns what a checkpoint of the network says if it is signed
// with the key, else an error.
func OpenCheckpoint(raw []byte, network string, key PublicKey) (tlog.Tree, error) {
	v, err := verifier(network, key)
	if err != nil {
		return tlog.Tree{}, err
	}
	n, err := note.Open(raw, note.VerifierList(v))
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is not signed by %s for %s: %w", key, network, err)
	}
	origin, tree, err := parseTree(n.Text)
	if err == nil && origin != network {
		err = fmt.Errorf("the checkpoint is of %s, not of %s", origin, network)
	}
	return tree, err
}

// ReadCheckpoint returns what a checkpoint says without looking at who signed
// it. It proves nothing; [OpenCheckpoint] and [Verify] do.
func ReadCheckpoint(raw []byte) (network string, tree tlog.Tree, err error) {
	text, _, ok := strings.Cut(string(raw), "\n\n")
	if !ok {
		return "", tlog.Tree{}, errors.New("a checkpoint is a note: its text, an empty line, and signatures")
	}
	return parseTree(text + "\n")
}

func parseTree(text string) (network string, tree tlog.Tree, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return "", tree, errors.New("a checkpoint has three lines: network, size, root")
	}
	tree.N, err = strconv.ParseInt(lines[1], 10, 64)
	if err != nil || tree.N < 1 || strconv.FormatInt(tree.N, 10) != lines[1] {
		return "", tree, fmt.Errorf("the checkpoint's size is %q, not a number over 0", lines[1])
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	if err != nil || tree.Hash.String() != lines[2] {
		return "", tree, fmt.Errorf("the checkpoint's root is %q, not 32 bytes in base64", lines[2])
	}
	return lines[0], tree, nil
}
