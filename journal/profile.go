package journal

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"commonweal/rule"
	"commonweal/vf"
)

// profileForm is how a profile is written, in canonical form: the fields split
// off, and the salt that keeps their hash from being guessed.
type profileForm struct {
	Fields map[string]json.RawMessage `json:"fields"`
	Salt   string                     `json:"salt"`
}

// profileMember is the member that a record has in the journal in place of its
// personal part: "sha256:" and the hash of the profile in hexadecimal.
const profileMember = "profile"

// Split parts a record, as vf.Encode writes it, into what the journal may carry
// and the profile beside it. Of a Person only @id and @type are public; of any
// other record all but the note. Where nothing is personal the profile is nil.
// The salt must be random and never used twice. Both results are canonical.
func Split(record []byte, salt [32]byte) (public json.RawMessage, profile []byte, err error) {
	canonical, err := Canonical(record)
	if err != nil {
		return nil, nil, err
	}
	_, class, err := headOf(canonical)
	if err != nil {
		return nil, nil, rule.Refuse("notARecord", "record", beginning(record), "reason", err.Error())
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(canonical, &all); err != nil {
		return nil, nil, err
	}
	if _, has := all[profileMember]; has {
		return nil, nil, rule.Refuse("notARecord", "record", beginning(record), "reason", `it has a member "`+profileMember+`", which only the journal writes`)
	}
	form := profileForm{map[string]json.RawMessage{}, base64.StdEncoding.EncodeToString(salt[:])}
	for name, value := range all {
		if personal(class, name) {
			form.Fields[name] = value
			delete(all, name)
		}
	}
	if len(form.Fields) == 0 {
		return canonical, nil, nil
	}
	if profile, err = encode(form); err != nil {
		return nil, nil, err
	}
	all[profileMember], _ = json.Marshal(ProfileHash(profile)) // a text always marshals
	public, err = encode(all)
	return public, profile, err
}

func personal(class vf.Class, name string) bool {
	if class == "Person" {
		return name != "@id" && name != "@type"
	}
	return name == "note"
}

func encode(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return Canonical(raw)
}

// ProfileHash returns how a record in the journal names this profile.
func ProfileHash(profile []byte) string {
	sum := sha256.Sum256(profile)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// ProfileOf returns the hash by which a record in the journal names its
// profile, "" if it has none.
func ProfileOf(public []byte) (string, error) {
	var r struct {
		Profile string `json:"profile"`
	}
	if err := json.Unmarshal(public, &r); err != nil {
		return "", err
	}
	return r.Profile, nil
}

// Join puts a record together again, ready for vf.Decode. With a nil profile,
// which was erased, it returns what remains. A profile that is not the one named
// in the record is an error.
func Join(public, profile []byte) (json.RawMessage, error) {
	hash, err := ProfileOf(public)
	if err != nil {
		return nil, err
	}
	if profile != nil && ProfileHash(profile) != hash {
		return nil, fmt.Errorf("the profile %s is not %q, which the record names", ProfileHash(profile), hash)
	}
	if hash == "" {
		return Canonical(public)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(public, &all); err != nil {
		return nil, err
	}
	delete(all, profileMember)
	if profile != nil {
		var form profileForm
		if err := json.Unmarshal(profile, &form); err != nil {
			return nil, err
		}
		for name, value := range form.Fields {
			all[name] = value
		}
	}
	return encode(all)
}
