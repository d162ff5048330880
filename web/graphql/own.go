package graphql

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"commonweal/format"
	"commonweal/vf"
)

// own adds the type of a struct of ours, and those of what is in it, by their JSON
// names; names says what each is named here.
func (s *schema) own(t reflect.Type, names map[reflect.Type]string) string {
	name := names[t]
	if name == "" {
		panic("graphql: no name is said for " + t.String())
	}
	if s.types[name] != nil {
		return name
	}
	o := s.add(&object{kind: isObject, name: name})
	for i := range t.NumField() {
		property, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if property == "" || property == "-" || property[0] == '@' {
			continue
		}
		may := strings.Contains(options, "omit")
		typ, refers := s.ownType(property, t.Field(i).Type, names)
		if !may && slices.Contains([]string{"String", "Boolean", "Int", "Decimal"}, typ) {
			typ += "!"
		}
		o.field(property, typ, ownField(i, refers, property)).times = timesOf(t.Field(i).Type)
	}
	return name
}

func timesOf(t reflect.Type) int {
	if t.Kind() == reflect.Slice {
		return usualList
	}
	return 0
}

// refersTo are properties of ours in plans that lead to a record in the books.
var refersTo = map[string]string{"recipe": "RecipeProcess", "offer": "Intent", "resource": "EconomicResource"}

// inWords are properties of ours that tell in words, and may name what somebody does
// not see: they are empty for whoever does not see all.
var inWords = []string{"text", "cause", "causes", "facts", "limits", "untried"}

// inPlan are properties that name what is proposed, which is in no books.
var inPlan = []string{"inputOf", "outputOf"}

// ownType names the type of a field of a struct of ours.
func (s *schema) ownType(property string, t reflect.Type, names map[reflect.Type]string) (typ string, refers bool) {
	switch t {
	case idType:
		if to := refersTo[property]; to != "" {
			return to, true
		}
		if format.Range(property) != nil && !slices.Contains(inPlan, property) {
			return rangeOf(property), true
		}
		return "ID", false
	case actionType:
		return "Action", false
	case timeType:
		return "DateTime", false
	case measureType:
		return "Measure", false
	case decimalType, reflect.TypeFor[vf.Decimal](), reflect.TypeFor[int64](), reflect.TypeFor[*int64](), reflect.TypeFor[json.Number](), reflect.TypeFor[uint64]():
		return "Decimal", false
	}
	switch t.Kind() {
	case reflect.String:
		return "String", false
	case reflect.Bool:
		return "Boolean", false
	case reflect.Int, reflect.Int32:
		return "Int", false
	case reflect.Slice:
		elem, _ := s.ownType("", t.Elem(), names)
		return "[" + elem + "!]!", false
	case reflect.Pointer:
		return s.own(t.Elem(), names), false
	}
	return s.own(t, names), false
}

// ownField resolves a field of a struct of ours. What was not said is null, where
// the type says that it may be.
func ownField(n int, refers bool, property string) resolver {
	return func(x *execution, p any, _ arguments) (any, error) {
		v := pointer(p).Field(n)
		if slices.Contains(inWords, property) && !x.seesAll() {
			v = reflect.New(v.Type()).Elem()
		}
		if refers {
			return x.refer(vf.ID(v.String()))
		}
		return x.ownValue(v)
	}
}

// ownValue makes a value of ours ready for the answer. Structs become pointers.
func (x *execution) ownValue(v reflect.Value) (any, error) {
	switch y := v.Interface().(type) {
	case vf.Measure:
		if y.IsZero() {
			return nil, nil
		}
		return y, nil
	case vf.Time:
		if y.IsZero() {
			return nil, nil
		}
		return y, nil
	case vf.ID, vf.Action:
		if v.String() == "" {
			return nil, nil
		}
		return y, nil
	case vf.Decimal:
		return y, nil
	case json.Number:
		return vf.ParseDecimal(y.String())
	case int64:
		return vf.Whole(y), nil
	}
	switch v.Kind() {
	case reflect.Slice:
		list := make([]any, 0, v.Len())
		for i := range v.Len() {
			if !x.shows(v.Index(i)) {
				continue
			}
			y, err := x.ownValue(v.Index(i))
			if err != nil {
				return nil, err
			}
			list = append(list, y)
		}
		return list, nil
	case reflect.Pointer:
		switch {
		case v.IsNil():
			return nil, nil
		case v.Elem().Kind() == reflect.Struct:
			return v.Interface(), nil
		}
		return x.ownValue(v.Elem())
	case reflect.Struct:
		return v.Addr().Interface(), nil
	case reflect.String:
		return v.String(), nil
	case reflect.Int32:
		return int(v.Int()), nil
	}
	return v.Interface(), nil
}

// shows reports whether all records that a value of ours names may be shown: its
// texts may name them too.
func (x *execution) shows(v reflect.Value) bool {
	if x.seesAll() {
		return true
	}
	switch y := v.Interface().(type) {
	case vf.ID:
		r, err := x.books.Record(y)
		return err == nil && (r == nil || x.sees(r))
	case vf.Measure, vf.Time, vf.Decimal:
		return true
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && !x.shows(v.Field(i)) {
				return false
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if !x.shows(v.Index(i)) {
				return false
			}
		}
	case reflect.Pointer:
		return v.IsNil() || x.shows(v.Elem())
	}
	return true
}
