package node

import (
	"bytes"
	"encoding/json"
	"reflect"

	"commonweal/journal"
	"commonweal/rule"
	"commonweal/vf"
)

// public returns a copy of a record without its personal part: what the state
// and images hold.
func public(r vf.Record) vf.Record {
	if !hasPersonal(r) {
		return r
	}
	if a, ok := r.(*vf.Agent); ok && a.Type == "Person" {
		return &vf.Agent{ID: a.ID, Type: a.Type}
	}
	c := reflect.New(reflect.TypeOf(r).Elem())
	c.Elem().Set(reflect.ValueOf(r).Elem())
	c.Elem().Field(notes[c.Elem().Type()]).SetString("")
	return c.Interface().(vf.Record)
}

// hasPersonal reports whether journal.Split would take something off.
func hasPersonal(r vf.Record) bool {
	if a, ok := r.(*vf.Agent); ok && a.Type == "Person" {
		return true
	}
	v := reflect.ValueOf(r).Elem()
	i, has := notes[v.Type()]
	return has && v.Field(i).Len() > 0
}

// notes says where in the struct of each class that has one its note stands.
var notes = func() map[reflect.Type]int {
	where := map[reflect.Type]int{}
	for _, c := range vf.Classes() {
		t := reflect.TypeOf(vf.NewRecord(c)).Elem()
		if f, ok := t.FieldByName("Note"); ok {
			where[t] = f.Index[0]
		}
	}
	return where
}()

// canonical writes a record in canonical form.
func canonical(r vf.Record) (json.RawMessage, error) {
	if raw, ok := vf.AppendCanonical(make([]byte, 0, 512), r); ok {
		return raw[:len(raw):len(raw)], nil
	}
	raw, err := vf.Encode(r)
	if err != nil {
		return nil, err
	}
	return journal.Canonical(raw)
}

// publicJSON writes a public record as the journal would, with the hash of its
// profile.
func publicJSON(r vf.Record, hash string) (json.RawMessage, error) {
	if hash == "" {
		return canonical(r)
	}
	raw, err := vf.Encode(r)
	if err != nil {
		return nil, err
	}
	raw = append(raw[:len(raw)-1], `,"profile":"`+hash+`"}`...)
	return journal.Canonical(raw)
}

// profileStart stands in every canonical record that has a profile; within a
// text its quotes would be escaped.
var profileStart = []byte(`"profile":"`)

// opened reads a record as it stands in the journal or in a view: without its
// profile, whose hash is returned.
func opened(raw []byte) (vf.Record, string, error) {
	if !bytes.Contains(raw, profileStart) { // most have none, and need no second reading
		r, err := vf.Decode(raw)
		return r, "", err
	}
	hash, err := journal.ProfileOf(raw)
	if err != nil {
		return nil, "", err
	}
	if hash != "" {
		if raw, err = journal.Join(raw, nil); err != nil {
			return nil, "", err
		}
	}
	r, err := vf.Decode(raw)
	return r, hash, err
}

// joined reads a record together with its profile.
func joined(raw, profile []byte) (vf.Record, error) {
	whole, err := journal.Join(raw, profile)
	if err != nil {
		if r, _, unread := opened(raw); unread == nil {
			return nil, rule.Refuse("profileDiffers", "id", string(r.Key()), "reason", otherProfile)
		}
		return nil, err
	}
	return vf.Decode(whole)
}
