package vf

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// AppendCanonical writes what [Encode] writes in the canonical form of RFC 8785, as a
// journal carries it: members in the order of their names, texts escaped as little as
// can be. It is false, with dst as it was, where that takes more care: texts that are
// not UTF-8, whole numbers beyond ±(2⁵³-1), classes and values that are not of this
// package.
func AppendCanonical(dst []byte, r Record) (_ []byte, ok bool) {
	v := reflect.ValueOf(r)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return dst, false
	}
	v = v.Elem()
	members := canonicals[v.Type()]
	if members == nil || newRecord[r.Class()] == nil {
		return dst, false
	}
	out, ok := appendPlain(append(dst, `{"@id":`...), string(r.Key()))
	out = append(append(append(out, `,"@type":"`...), r.Class()...), '"')
	for i := range members {
		if !ok {
			return dst, false
		}
		m := &members[i]
		if f := v.Field(m.index); !m.unsaid(f) {
			out, ok = appendMember(out, m.start, f.Addr().Interface())
		}
	}
	if !ok {
		return dst, false
	}
	return append(out, '}'), true
}

// canonical is a property as it is written: behind a comma, with its name.
type canonical struct {
	start string // `,"name":`
	index int
	kind  reflect.Kind
	own   int8 // which of our structs it is
}

const (
	ownMeasure = iota + 1
	ownTime
)

// canonicals has the properties of each struct but its id, in the order of names.
var canonicals = func() map[reflect.Type][]canonical {
	all := map[reflect.Type][]canonical{}
	for t, where := range layouts {
		list := make([]canonical, 0, len(where))
		for name, i := range where {
			if name == "@id" {
				continue
			}
			c := canonical{start: `,"` + name + `":`, index: i, kind: t.Field(i).Type.Kind()}
			switch t.Field(i).Type {
			case reflect.TypeFor[Measure]():
				c.own = ownMeasure
			case reflect.TypeFor[Time]():
				c.own = ownTime
			}
			list = append(list, c)
		}
		slices.SortFunc(list, func(a, b canonical) int { return strings.Compare(a.start, b.start) })
		all[t] = list
	}
	return all
}()

// unsaid reports whether a property is left out.
func (c *canonical) unsaid(f reflect.Value) bool {
	switch {
	case c.kind == reflect.String:
		return f.Len() == 0
	case c.own == ownMeasure:
		return f.Addr().Interface().(*Measure).IsZero()
	case c.own == ownTime:
		return f.Addr().Interface().(*Time).IsZero()
	}
	return f.IsZero()
}

// appendMember writes a property: its name as it is given, and its value.
func appendMember(dst []byte, start string, value any) ([]byte, bool) {
	dst = append(dst, start...)
	switch x := value.(type) {
	case *ID:
		return appendPlain(dst, string(*x))
	case *string:
		return appendPlain(dst, *x)
	case *Action:
		return appendPlain(dst, string(*x))
	case *Measure:
		dst = append(append(append(dst, `{"hasNumericalValue":"`...), x.HasNumericalValue.String()...), `","hasUnit":`...)
		dst, ok := appendPlain(dst, string(x.HasUnit))
		return append(dst, '}'), ok
	case *Time:
		return append(x.AppendFormat(append(dst, '"'), time.RFC3339Nano), '"'), true
	case *[]ID:
		return appendList(dst, *x)
	case *[]string:
		return appendList(dst, *x)
	case *bool:
		return strconv.AppendBool(dst, *x), true
	case *int:
		return strconv.AppendInt(dst, int64(*x), 10), *x <= maxWhole && *x >= -maxWhole
	case *Truth:
		return strconv.AppendBool(dst, *x == Yes), true
	case **Decimal:
		return append(append(append(dst, '"'), (*x).String()...), '"'), true
	}
	return dst, false
}

// maxWhole is what a whole number may amount to; above it, JSON readers disagree.
const maxWhole = 1<<53 - 1

func appendList[T ~string](dst []byte, list []T) (_ []byte, ok bool) {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, ok = appendPlain(dst, string(s)); !ok {
			return dst, false
		}
	}
	return append(dst, ']'), true
}

// appendPlain writes a text, escaped as little as can be; false if it is not UTF-8.
func appendPlain(dst []byte, s string) ([]byte, bool) {
	const short, hex = "\b\t\n\f\r", "0123456789abcdef"
	dst = append(dst, '"')
	start, plain := 0, true
	for i := range len(s) {
		b := s[i]
		if b >= 0x20 && b != '"' && b != '\\' {
			plain = plain && b < utf8.RuneSelf
			continue
		}
		dst = append(append(dst, s[start:i]...), '\\')
		start = i + 1
		switch at := strings.IndexByte(short, b); {
		case b >= 0x20:
			dst = append(dst, b)
		case at >= 0:
			dst = append(dst, "btnfr"[at])
		default:
			dst = append(dst, 'u', '0', '0', hex[b>>4], hex[b&15])
		}
	}
	return append(append(dst, s[start:]...), '"'), plain || utf8.ValidString(s)
}
