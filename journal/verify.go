package journal

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Entries gives the entries of a journal in order, from the genesis on; it is
// the shape of a store's Entries. It stops at the first error of yield.
type Entries func(yield func(sequence int64, raw []byte) error) error

// Evidence is what a verifier has beside the entries. Stored checkpoints lie
// with the journal and may have been changed with it; Held ones, and the first
// key, the verifier got earlier or elsewhere.
type Evidence struct {
	Stored   [][]byte
	Held     [][]byte
	FirstKey PublicKey       // the key of the genesis, "" if not known
	Hashes   tlog.HashReader // the hashes stored with the journal, nil if there are none
}

// Report is what a verification found and what that covers.
type Report struct {
	Network  string    `json:"network"`
	Entries  int64     `json:"entries"` // read and found in order
	Root     tlog.Hash `json:"root"`    // of these
	Keys     Keyring   `json:"keys"`
	Held     int64     `json:"held"`               // entries covered by the newest checkpoint that the verifier held
	Stored   int64     `json:"stored"`             // entries covered by the newest checkpoint stored with the journal
	Authors  int64     `json:"authors"`            // acts that their authors signed; the others stand on the network's key alone
	Unsigned int64     `json:"unsigned,omitempty"` // entries at the end of those read that stand on no signature; 0 without a fault
	Fault    *Fault    `json:"fault,omitempty"`
}

// Sound reports whether no fault was found.
func (r *Report) Sound() bool { return r.Fault == nil }

// Covers says in sentences what the verification proves and where it ends.
func (r *Report) Covers() string {
	if r.Fault != nil {
		text := fmt.Sprintf("%d entries were read until a fault was found; nothing is said of what stands after it.", r.Entries)
		if r.Unsigned > 0 {
			text += fmt.Sprintf(" The last %d of them stand on no signature.", r.Unsigned)
		}
		return text
	}
	text := fmt.Sprintf("All %d entries follow each other and are signed by the network's keys.", r.Entries)
	if r.Authors > 0 {
		text += fmt.Sprintf(" %d of them are signed by their authors too, with the keys that the journal names for them; the other %d were signed on their authors' behalf.", r.Authors, r.Entries-r.Authors)
	}
	switch {
	case r.Held == 0:
		return text + " You hold no checkpoint from elsewhere, so whoever has the keys could have written all of them anew, or cut off the end. " +
			"Keep the newest checkpoint in another place and verify against it next time."
	case r.Held == r.Entries:
		return text + " The checkpoint that you hold covers all of them: none was changed, dropped, put in or moved since it was made."
	}
	return text + fmt.Sprintf(" The checkpoint that you hold covers the first %d: none of these was changed, dropped, put in or moved since it was made."+
		" Of the %d after it the signatures alone are known: whoever has the keys could have written them anew, or cut off what followed.", r.Held, r.Entries-r.Held)
}

// claim is one checkpoint to be compared on the way.
type claim struct {
	raw  []byte
	tree tlog.Tree
	held bool
}

// Verify reads a whole journal and checks each entry, and each checkpoint when
// it comes to its size. It stops at the first fault. Checkpoints signed by a key
// that was revoked later count only if the verifier held them.
func Verify(entries Entries, ev Evidence) *Report {
	v := verification{state: &State{}, devices: newDevices(), report: &Report{}, firstKey: ev.FirstKey, stored: ev.Hashes}
	if v.collect(ev.Held, true) && v.collect(ev.Stored, false) {
		v.run(entries)
	}
	v.report.Network, v.report.Entries = v.state.order.network, v.state.order.size
	v.report.Root, v.report.Keys, v.report.Unsigned = v.state.root(), v.state.Keys(), v.state.unsigned
	if v.report.Fault == nil {
		v.count()
	}
	return v.report
}

type verification struct {
	state    *State
	devices  *devices
	report   *Report
	firstKey PublicKey
	stored   tlog.HashReader
	hashes   []tlog.Hash // computed and not yet compared with the stored ones
	compared int64       // how many were
	claims   []claim     // by size
	done     int         // how many of them were compared
	agreed   int64       // entries covered by the last that agreed
}

// errStop ends the reading of entries when a fault was found.
var errStop = errors.New("a fault was found")

func (v *verification) fail(sequence int64, kind FaultKind, text string) error {
	v.report.Fault = &Fault{Sequence: sequence, Kind: kind, Text: text}
	return errStop
}

// collect reads checkpoints; one that is not a checkpoint is the first fault.
func (v *verification) collect(list [][]byte, held bool) bool {
	for _, raw := range list {
		_, tree, err := ReadCheckpoint(raw)
		if err != nil {
			_ = v.fail(0, BadCheckpoint, v.origin(held)+": "+err.Error())
			return false
		}
		v.claims = append(v.claims, claim{raw, tree, held})
	}
	slices.SortStableFunc(v.claims, func(a, b claim) int { return int(min(1, max(-1, a.tree.N-b.tree.N))) })
	return true
}

func (v *verification) origin(held bool) string {
	if held {
		return "the checkpoint that you hold"
	}
	return "the checkpoint stored with the journal"
}

func (v *verification) run(entries Entries) {
	err := entries(func(sequence int64, raw []byte) error {
		if sequence != v.state.order.size {
			return v.fail(v.state.order.size, OutOfPlace, fmt.Sprintf("the storage has the entry %d here", sequence))
		}
		return v.entry(raw)
	})
	switch {
	case v.report.Fault != nil:
		return
	case err != nil:
		v.report.Fault = &Fault{Sequence: v.state.order.size, Kind: Unreadable, Text: err.Error(), err: err}
	case v.done < len(v.claims):
		c := v.claims[v.done]
		_ = v.fail(v.state.order.size, CutOff, fmt.Sprintf("%s covers %d entries, the journal has %d", v.origin(c.held), c.tree.N, v.state.order.size))
	case v.state.unsigned > 0:
		errors.As(v.state.End(), &v.report.Fault)
	default:
		_ = v.compareHashes()
	}
}

// maxHashes is how many stored hashes are read and compared at once.
const maxHashes = 2000

// compareHashes compares the hashes computed so far with the stored ones.
func (v *verification) compareHashes() error {
	indexes := make([]int64, len(v.hashes))
	for i := range indexes {
		indexes[i] = v.compared + int64(i)
	}
	if len(indexes) == 0 {
		return nil
	}
	stored, err := v.stored.ReadHashes(indexes)
	if err != nil {
		v.report.Fault = &Fault{Sequence: v.state.order.size - 1, Kind: Unreadable, Text: err.Error(), err: err}
		return errStop
	}
	for i, hash := range v.hashes {
		if stored[i] != hash {
			level, n := tlog.SplitStoredHashIndex(indexes[i])
			return v.fail((n+1)<<level-1, OtherHash, fmt.Sprintf("%s is stored, and its entries have %s", stored[i], hash))
		}
	}
	v.compared, v.hashes = v.compared+int64(len(indexes)), v.hashes[:0]
	return nil
}

func (v *verification) entry(raw []byte) error {
	e, hashes, err := v.state.Apply(raw)
	if err != nil {
		errors.As(err, &v.report.Fault)
		return errStop
	}
	if err := v.author(e); err != nil {
		return err
	}
	if v.stored != nil {
		v.hashes = append(v.hashes, hashes...)
	}
	if len(v.hashes) >= maxHashes {
		if err := v.compareHashes(); err != nil {
			return err
		}
	}
	if first := v.state.order.keys[0].Key; v.state.order.size == 1 && v.firstKey != "" && first != v.firstKey {
		return v.fail(0, OtherGenesis, fmt.Sprintf("its key is %s, and the first key that you hold is %s", first, v.firstKey))
	}
	for v.done < len(v.claims) && v.claims[v.done].tree.N == v.state.order.size {
		if err := v.compare(v.claims[v.done]); err != nil {
			return err
		}
		v.done++
	}
	return nil
}

// author checks the proof of an entry, if it has one, against the keys that the
// entries before it declare.
func (v *verification) author(e *Entry) error {
	if e.Act.Proof != nil {
		if wrong := v.devices.check(e.Network, &e.Act); wrong != "" {
			return v.fail(e.Sequence, BadAuthor, wrong)
		}
		v.report.Authors++
	}
	if err := v.devices.take(&e.Act); err != nil {
		return v.fail(e.Sequence, NotAnEntry, "a device key in it cannot be read: "+err.Error())
	}
	return nil
}

// compare checks a checkpoint of the present size.
func (v *verification) compare(c claim) error {
	last := v.state.order.size - 1
	tree, err := OpenCheckpoint(c.raw, v.state.order.network, v.state.order.keys.InUse())
	if err != nil {
		return v.fail(last, BadCheckpoint, fmt.Sprintf("%s for %d entries: %s", v.origin(c.held), c.tree.N, err))
	}
	if root := v.state.root(); tree.Hash != root {
		return v.fail(v.agreed, OtherRoot, fmt.Sprintf("%s has the root %s for %d entries, the journal has %s, so one of the entries %d to %d is another",
			v.origin(c.held), tree.Hash, tree.N, root, v.agreed, last))
	}
	v.agreed = tree.N
	return nil
}

// count says what the checkpoints cover, now that all keys are known.
func (v *verification) count() {
	for _, c := range v.claims {
		if c.held {
			v.report.Held = c.tree.N
			continue
		}
		if use, ok := v.state.order.keys.at(c.tree.N); ok && use.Revoked == 0 {
			v.report.Stored = c.tree.N
		}
	}
}
