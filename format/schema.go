package format

import (
	"io"
	"maps"
	"reflect"
	"slices"

	"commonweal/vf"
)

// schemaDraft is the version of JSON Schema that schemas are written in.
const schemaDraft = "https://json-schema.org/draft/2020-12/schema"

// WriteSchema writes the JSON Schema of the records of a class as this program
// writes them: all that vf.Encode can give, and nothing else but an @context. The
// id is the schema's own address. It panics where there is no such class, which
// is a mistake of the program.
func WriteSchema(w io.Writer, c vf.Class, id string) error {
	t := tables[c]
	if t == nil {
		panic("format: there is no class " + string(c))
	}
	s := schemas{strict: true}
	class := s.class(t)
	class["properties"].(map[string]any)["@context"] = map[string]any{}
	class["$schema"], class["$id"], class["title"], class["$defs"] = schemaDraft, id, string(c), s.defs()
	return writeIndented(w, class)
}

// WriteNetworkSchema writes the JSON Schema of a network file in our names: all
// that [ReadNetwork] takes but for foreign contexts. That ids lead somewhere, and
// whatever else needs the whole network, is checked by reading alone.
func WriteNetworkSchema(w io.Writer, id string) error {
	s := schemas{}
	defs := s.defs()
	var names []any
	var cases []any
	for _, c := range vf.Classes() {
		defs[string(c)] = s.class(tables[c])
		names = append(names, string(c))
		cases = append(cases, map[string]any{
			"if":   map[string]any{"properties": map[string]any{"@type": map[string]any{"const": string(c)}}, "required": []any{"@type"}},
			"then": map[string]any{"$ref": "#/$defs/" + string(c)},
		})
	}
	record := map[string]any{"type": "object", "required": []any{"@type"}, "properties": map[string]any{"@type": map[string]any{"enum": names}}, "allOf": cases}
	defs["record"] = record
	return writeIndented(w, map[string]any{
		"$schema": schemaDraft, "$id": id, "title": "Network file", "$defs": defs, "type": "object", "required": []any{"@graph"},
		"properties": map[string]any{
			"@context": map[string]any{}, "@id": map[string]any{"type": "string"},
			"@graph": map[string]any{"type": "array", "items": map[string]any{"$ref": "#/$defs/record", "required": []any{"@id"}}},
		},
		"additionalProperties": false,
	})
}

// schemas makes schemas: strict ones of what is written, else of what is read.
type schemas struct{ strict bool }

func ref(name string) map[string]any { return map[string]any{"$ref": "#/$defs/" + name} }

func patterned(pattern string) map[string]any {
	return map[string]any{"type": "string", "pattern": pattern}
}

// defs are the kinds of values that properties hold.
func (s schemas) defs() map[string]any {
	id := map[string]any{"type": "string", "minLength": 1, "maxLength": 512, "pattern": `^[^\s<>"]+$`, "description": "An IRI, relative to the network's where it has that base."}
	number := patterned(`^-?[0-9]+(\.[0-9]{1,18})?$`)
	number["description"] = "An exact decimal number."
	time := map[string]any{"type": "string", "format": "date-time"}
	action := map[string]any{"enum": actionNames()}
	measure := map[string]any{"type": "object", "required": []any{"hasNumericalValue", "hasUnit"}, "additionalProperties": false,
		"properties": map[string]any{"hasNumericalValue": ref("number"), "hasUnit": ref("id")}}
	defs := map[string]any{"id": id, "number": number, "time": time, "action": action, "measure": measure}
	if s.strict {
		return defs
	}
	number = map[string]any{"anyOf": []any{patterned(`^[-+]?[0-9]*(\.[0-9]+)?([eE][-+]?[0-9]+)?$`), map[string]any{"type": "number"}}}
	defs["number"] = number
	defs["time"] = patterned(`^[0-9]{4}-[0-9]{2}-[0-9]{2}`)
	defs["action"] = map[string]any{"type": "string"}
	defs["reference"] = map[string]any{"anyOf": []any{ref("id"), map[string]any{"type": "object"}}, "description": "An id, or the record itself."}
	measure["properties"] = map[string]any{"hasNumericalValue": ref("number"), "hasUnit": ref("reference"), "@type": map[string]any{}, "@id": map[string]any{}}
	defs["measure"] = map[string]any{"anyOf": []any{measure, patterned(`^\s*[-+]?[0-9.]+([eE][-+]?[0-9]+)?\s*\S`)}, "description": "Number and unit, or a text such as “33 lb”."}
	return defs
}

func actionNames() []any {
	var list []any
	for _, row := range vf.ActionTable {
		list = append(list, string(row.Action))
	}
	return list
}

// class is the schema of the records of a class.
func (s schemas) class(t *table) map[string]any {
	properties := map[string]any{"@type": map[string]any{"const": string(t.class)}}
	for _, f := range t.fields {
		if f.name == "@id" {
			properties[f.name] = ref("id")
			continue
		}
		v := s.value(f.typ)
		v["description"] = PropertyText(f.name)
		properties[f.name] = v
	}
	required := []any{"@type"}
	if s.strict {
		required = []any{"@id", "@type"}
	} else {
		for _, inverse := range slices.Sorted(maps.Keys(inverseOf)) {
			if holdsInverse(t.class, inverse) {
				v := severalOf(ref("reference"))
				v["description"] = "Kept as " + vf.InverseProperties[inverse] + " of these."
				properties[inverse] = v
			}
		}
	}
	return map[string]any{"type": "object", "description": ClassText(t.class), "required": required, "properties": properties, "additionalProperties": false}
}

func severalOf(v map[string]any) map[string]any {
	return map[string]any{"anyOf": []any{v, map[string]any{"type": "array", "items": v}}}
}

// value is the schema of what a property of a Go type holds.
func (s schemas) value(t reflect.Type) map[string]any {
	list := func(v map[string]any) map[string]any {
		if s.strict {
			return map[string]any{"type": "array", "items": v}
		}
		return severalOf(v)
	}
	id := ref("reference")
	if s.strict {
		id = ref("id")
	}
	switch t {
	case typeID:
		return id
	case typeIDs:
		return list(id)
	case typeTexts:
		return list(map[string]any{"type": "string"})
	case typeMeasure:
		return ref("measure")
	case typeTime:
		return ref("time")
	case typeInt:
		return map[string]any{"type": "integer"}
	case typeDecimal:
		return ref("number")
	case typeBool, typeTruth:
		return map[string]any{"type": "boolean"}
	case typeAction:
		return ref("action")
	}
	return map[string]any{"type": "string"}
}
