package vf

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Decode reads one JSON object with "@type" into a record. Errors are of kind
// unknownClass, unknownProperty, badProperty, or of what a value is.
func Decode(raw []byte) (Record, error) {
	if !json.Valid(raw) {
		return nil, fault(BadProperty, "property", "@type", "value", brief(raw), "wanted", "a JSON object with @type")
	}
	var class string
	typed := members(raw, func(name string, value []byte) error {
		if name == "@type" {
			return json.Unmarshal(value, &class)
		}
		return nil
	})
	if typed != nil || class == "" {
		return nil, fault(BadProperty, "property", "@type", "value", brief(raw), "wanted", "a JSON object with @type")
	}
	r := NewRecord(Class(class))
	if r == nil {
		return nil, fault(UnknownClass, "class", class, "nearest", Nearest(class, classNames()))
	}
	return r, decodeValid(r, raw)
}

// DecodeInto reads the properties of a JSON object into a record of the right
// class; "@type" is not looked at. Errors are as for [Decode].
func DecodeInto(r Record, raw []byte) error {
	if !json.Valid(raw) {
		return fault(BadProperty, "property", string(r.Class()), "value", brief(raw), "wanted", "a JSON object")
	}
	return decodeValid(r, raw)
}

// brief is the beginning of a JSON text, for messages.
func brief(raw []byte) string {
	text := strings.ToValidUTF8(string(bytes.TrimSpace(raw[:min(len(raw), 60)])), "?")
	if len(raw) > 60 {
		text += "…"
	}
	return text
}

// layout says where in a struct each property stands.
type layout map[string]int

// layouts has the layout of each class; agents of all kinds share one struct.
var layouts = func() map[reflect.Type]layout {
	all := map[reflect.Type]layout{}
	for _, c := range Classes() {
		t := reflect.TypeOf(NewRecord(c)).Elem()
		all[t] = layout{}
		for i := range t.NumField() {
			if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "-" {
				all[t][name] = i
			}
		}
	}
	return all
}()

// decodeValid reads a text that is known to be JSON.
func decodeValid(r Record, raw []byte) error {
	v := reflect.ValueOf(r).Elem()
	where := layouts[v.Type()]
	unknown := ""
	err := members(raw, func(name string, value []byte) error {
		if name == "@type" {
			return nil
		}
		i, ok := where[name]
		if !ok {
			if unknown == "" || name < unknown {
				unknown = name
			}
			return nil
		}
		err := setField(v.Field(i), value)
		if err == nil {
			return nil
		}
		var f *Error
		if !errors.As(err, &f) {
			f = fault(BadProperty, "value", brief(value), "wanted", wanted(v.Field(i).Type()))
		}
		return fault(f.Kind, append(slices.Clone(f.Values), "property", name)...)
	})
	if errors.Is(err, errNoObject) {
		return fault(BadProperty, "property", string(r.Class()), "value", brief(raw), "wanted", "a JSON object")
	}
	if err != nil {
		return err
	}
	if unknown != "" {
		return fault(UnknownProperty, "property", unknown, "class", string(r.Class()), "nearest", Nearest(unknown, propertyNames(r.Class())))
	}
	return nil
}

// setField reads a JSON value into a field: the usual shapes directly, the rest
// through encoding/json.
func setField(v reflect.Value, value []byte) error {
	switch to := v.Addr().Interface().(type) {
	case *ID:
		if s, ok := plainText(value); ok {
			*to = ID(s)
			return nil
		}
	case *string:
		if s, ok := plainText(value); ok {
			*to = s
			return nil
		}
	case *Action:
		if s, ok := plainText(value); ok {
			if actionRows[Action(s)] != nil {
				*to = Action(s)
				return nil
			}
			return to.UnmarshalText([]byte(s))
		}
	case *Time:
		if s, ok := plainText(value); ok {
			t, err := ParseTime(s)
			*to = t
			return err
		}
	case *Measure:
		return to.UnmarshalJSON(value)
	}
	return json.Unmarshal(value, v.Addr().Interface())
}

// UnmarshalJSON reads an object with just hasNumericalValue and hasUnit, or
// null, which says nothing.
func (m *Measure) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	var number, unit bool
	err := members(b, func(name string, value []byte) error {
		switch name {
		case "hasNumericalValue":
			number = true
			return m.HasNumericalValue.UnmarshalJSON(value)
		case "hasUnit":
			unit = true
			if s, ok := plainText(value); ok {
				m.HasUnit = ID(s)
				return nil
			}
			return json.Unmarshal(value, &m.HasUnit)
		}
		return errNoObject
	})
	var f *Error
	if errors.As(err, &f) {
		return f
	}
	if err != nil || !number || !unit || m.HasUnit == "" {
		return fault(BadProperty, "value", brief(b), "wanted", wanted(reflect.TypeFor[Measure]()))
	}
	return nil
}

var errNoObject = errors.New("not the JSON object that was wanted")

// members calls each for every name and value of a JSON object that is known to
// be valid, in the order of the text.
func members(raw []byte, each func(name string, value []byte) error) error {
	raw = skipSpace(raw)
	if len(raw) == 0 || raw[0] != '{' {
		return errNoObject
	}
	raw = skipSpace(raw[1:])
	for raw[0] != '}' {
		n := valueEnd(raw)
		name, ok := plainText(raw[:n])
		if !ok {
			if err := json.Unmarshal(raw[:n], &name); err != nil {
				return err
			}
		}
		raw = skipSpace(skipSpace(raw[n:])[1:]) // the colon
		n = valueEnd(raw)
		if err := each(name, raw[:n]); err != nil {
			return err
		}
		if raw = skipSpace(raw[n:]); raw[0] == ',' {
			raw = skipSpace(raw[1:])
		}
	}
	return nil
}

func skipSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\n' || b[0] == '\t' || b[0] == '\r') {
		b = b[1:]
	}
	return b
}

// valueEnd is the length of the JSON value with which a valid text begins.
func valueEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			for i++; b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // of what holds this value
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ':', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
	}
	return len(b)
}

// plainText reads a JSON text without escapes, in valid UTF-8.
func plainText(b []byte) (string, bool) {
	if len(b) < 2 || b[0] != '"' {
		return "", false
	}
	b = b[1 : len(b)-1]
	if bytes.IndexByte(b, '\\') >= 0 || !utf8.Valid(b) {
		return "", false
	}
	return string(b), true
}
