package journal

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"commonweal/rule"
	"commonweal/vf"
)

// Kind is what sort of act it is. The names last: they are in every journal.
type Kind string

// The kinds of act.
const (
	Genesis   Kind = "genesis"   // the network begins: its id and first key
	Declare   Kind = "declare"   // records come into being: needs, offers, recipes, agents, units
	Change    Kind = "change"    // records are said anew
	Withdraw  Kind = "withdraw"  // records are taken back
	Commit    Kind = "commit"    // somebody promises
	Release   Kind = "release"   // a promise is given back
	Record    Kind = "record"    // something happened
	Finish    Kind = "finish"    // a process or a plan is done
	Correct   Kind = "correct"   // an earlier event was wrong
	RotateKey Kind = "rotateKey" // another key signs from here on
	RevokeKey Kind = "revokeKey" // an earlier key is no longer trusted
	Erase     Kind = "erase"     // the personal data of a person is erased
	Adopt     Kind = "adopt"     // what a plan proposes is entered as open work, with the facts that it rests on
)

// Kinds lists all kinds of act.
func Kinds() []Kind {
	return []Kind{Genesis, Declare, Change, Withdraw, Commit, Release, Record, Finish, Correct, RotateKey, RevokeKey, Erase, Adopt}
}

// Act is what somebody did. Records are written by vf.Encode, without their
// personal part ([Split]); Of names what a withdraw, release, finish or erase is
// about, and what an adopt takes back; Network is said in a genesis, PublicKey in a genesis, rotateKey and
// revokeKey.
type Act struct {
	Kind      Kind              `json:"kind"`
	Author    vf.ID             `json:"author"`
	At        vf.Time           `json:"at"`
	Key       string            `json:"key"` // made by the client; the same key is the same act
	Records   []json.RawMessage `json:"records,omitempty"`
	Of        []vf.ID           `json:"of,omitempty"`
	Network   string            `json:"network,omitempty"`
	PublicKey PublicKey         `json:"publicKey,omitempty"`
	Proof     *Proof            `json:"proof,omitempty"` // that the author signed it; see [Signed]
}

// Limits of one act; a longer one is split into several of one batch.
const (
	MaxKey   = 200      // bytes of an idempotency key
	MaxEntry = 16 << 20 // bytes of an entry
)

// Check refuses an act that no journal could hold: of unknown kind, without what
// its kind needs or with what it does not have, or with a record without id. It
// knows nothing of what the act means; that is for the domain packages.
func (a *Act) Check() error {
	if err := a.check(); err != nil {
		return err
	}
	for i, raw := range a.Records {
		if _, err := canonicalRecord(i, raw); err != nil {
			return err
		}
	}
	return nil
}

// canonicalRecord returns the record of an act in canonical form, or refuses it.
func canonicalRecord(i int, raw []byte) ([]byte, error) {
	form, err := canonical(raw)
	if err == nil {
		_, _, err = headOf(form)
	}
	if err != nil {
		return nil, rule.Refuse("notARecord", "record", fmt.Sprintf("Record %d of the act", i+1), "reason", err.Error())
	}
	return form, nil
}

var kinds = Kinds()

// check does what Check does, but for the records.
func (a *Act) check() error {
	if !slices.Contains(kinds, a.Kind) {
		var known []string
		for _, k := range kinds {
			known = append(known, string(k))
		}
		return rule.Refuse("unknownAct", "kind", string(a.Kind), "known", strings.Join(known, ", "))
	}
	if what := a.lacks(); what != "" {
		return rule.Refuse("incompleteAct", "kind", string(a.Kind), "what", what)
	}
	if len(a.Key) > MaxKey {
		return rule.Refuse("keyTooLong", "length", strconv.Itoa(len(a.Key)), "most", strconv.Itoa(MaxKey))
	}
	if !a.validText() {
		return rule.Refuse("brokenText", "kind", string(a.Kind))
	}
	if a.Network != "" && !validNetwork(a.Network) {
		return rule.Refuse("badNetworkId", "value", a.Network)
	}
	if a.PublicKey != "" {
		if _, err := a.PublicKey.bytes(); err != nil {
			return rule.Refuse("notAPublicKey", "value", string(a.PublicKey))
		}
	}
	if a.Proof != nil {
		if err := a.Proof.check(); err != nil {
			return err
		}
	}
	return nil
}

// lacks says what is missing or too much, "" if the act is complete.
func (a *Act) lacks() string {
	keys := a.Kind == Genesis || a.Kind == RotateKey || a.Kind == RevokeKey
	switch {
	case a.Author == "":
		return "an author"
	case a.At.IsZero():
		return "a time"
	case a.Key == "":
		return "an idempotency key"
	case a.Kind == Genesis && a.Network == "":
		return "the network's id"
	case a.Kind == Genesis && a.Proof != nil:
		return "no proof: the author of a genesis has no key yet"
	case a.Kind != Genesis && a.Network != "":
		return "no network's id, which only a genesis says"
	case keys && a.PublicKey == "":
		return "a public key"
	case !keys && a.PublicKey != "":
		return "no public key, which only genesis, rotateKey and revokeKey say"
	case !keys && len(a.Records) == 0 && len(a.Of) == 0:
		return "a record, or the id of what it is about"
	case slices.Contains(a.Of, ""):
		return "ids that are not empty"
	}
	if t, err := vf.ParseTime(a.At.String()); err != nil || t.String() != a.At.String() {
		return "a time between the years 1 and 9999 with a zone in whole minutes"
	}
	return ""
}

func (a *Act) validText() bool {
	for _, id := range a.Of {
		if !utf8.ValidString(string(id)) {
			return false
		}
	}
	return utf8.ValidString(string(a.Author)) && utf8.ValidString(a.Key) && utf8.ValidString(a.Network)
}

// validNetwork reports whether the id can stand as the name in a signed note.
func validNetwork(id string) bool {
	return len(id) <= MaxKey && !strings.ContainsFunc(id, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == '+' || r == '"' || r == '—'
	})
}

// headOf returns id and class of a canonical record, in which they stand first.
func headOf(canonical []byte) (id vf.ID, class vf.Class, err error) {
	c := cursor{raw: canonical}
	if err := c.literal(`{"@id":`); err != nil {
		return "", "", c.fail("a record is an object with @id")
	}
	i, err := c.text()
	if err != nil || len(i) == 0 {
		return "", "", c.fail("the @id is a text that is not empty")
	}
	if err := c.literal(`,"@type":`); err != nil {
		return "", "", c.fail("a record has @type beside @id")
	}
	t, err := c.text()
	if err != nil || len(t) == 0 {
		return "", "", c.fail("the @type is a text that is not empty")
	}
	return vf.ID(i), vf.Class(t), nil
}
