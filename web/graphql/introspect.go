package graphql

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// introspection has the types that tell about the schema, with their resolvers;
// their definitions are the parser's.
var introspection = func() map[string]*object {
	types := map[string]*object{}
	add := func(name string, fields map[string]func(p any, args arguments) any) {
		o := &object{kind: isObject, name: name}
		for field, f := range fields {
			o.field(field, "", func(_ *execution, p any, args arguments) (any, error) { return f(p, args), nil })
		}
		types[name] = o
	}
	add("__Schema", schemaFields)
	add("__Type", typeFields)
	add("__Field", fieldFields)
	add("__InputValue", valueFields)
	add("__EnumValue", enumFields)
	add("__Directive", directiveFields)
	return types
}()

// meta resolves the fields of the query that are of the schema itself.
func meta(name string, args arguments) any {
	if name == "__schema" {
		return whole.parsed
	}
	if t := whole.parsed.Types[args["name"].(string)]; t != nil {
		return ast.NamedType(t.Name, nil)
	}
	return nil
}

// said is a text, null if there is none.
func said(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// each makes a list for the answer.
func each[T any](list []T, f func(T) any) any {
	out := []any{}
	for _, x := range list {
		if y := f(x); y != nil {
			out = append(out, y)
		}
	}
	return out
}

func asType(name string) any { return ast.NamedType(name, nil) }

var schemaFields = map[string]func(any, arguments) any{
	"description": func(p any, _ arguments) any { return said(p.(*ast.Schema).Description) },
	"types":       func(p any, _ arguments) any { return each(sorted(p.(*ast.Schema).Types), asType) },
	"queryType":   func(p any, _ arguments) any { return asType(p.(*ast.Schema).Query.Name) },
	"mutationType": func(p any, _ arguments) any {
		return asType(p.(*ast.Schema).Mutation.Name)
	},
	"subscriptionType": func(p any, _ arguments) any {
		return asType(p.(*ast.Schema).Subscription.Name)
	},
	"directives": func(p any, _ arguments) any {
		s := p.(*ast.Schema)
		return each(sorted(s.Directives), func(name string) any {
			if name == "defer" {
				return nil // the parser knows it; nothing is deferred here
			}
			return s.Directives[name]
		})
	},
}

// defOf is the definition of a type that is no list; nil of one that is, or that is
// never null.
func defOf(p any) *ast.Definition {
	t := p.(*ast.Type)
	if t.NonNull || t.Elem != nil {
		return nil
	}
	return whole.parsed.Types[t.NamedType]
}

// of reads something off a type that has a definition.
func of(f func(d *ast.Definition) any) func(any, arguments) any {
	return func(p any, _ arguments) any {
		if d := defOf(p); d != nil {
			return f(d)
		}
		return nil
	}
}

// kinds answers for types of some kinds alone.
func kinds(f func(d *ast.Definition) any, kinds ...ast.DefinitionKind) func(any, arguments) any {
	return of(func(d *ast.Definition) any {
		for _, k := range kinds {
			if d.Kind == k {
				return f(d)
			}
		}
		return nil
	})
}

var typeFields = map[string]func(any, arguments) any{
	"kind": func(p any, _ arguments) any {
		t := p.(*ast.Type)
		switch {
		case t.NonNull:
			return "NON_NULL"
		case t.Elem != nil:
			return "LIST"
		}
		return string(whole.parsed.Types[t.NamedType].Kind)
	},
	"name":        of(func(d *ast.Definition) any { return d.Name }),
	"description": of(func(d *ast.Definition) any { return said(d.Description) }),
	"specifiedByURL": of(func(d *ast.Definition) any {
		return nil
	}),
	"fields": kinds(func(d *ast.Definition) any {
		return each(d.Fields, func(f *ast.FieldDefinition) any {
			if len(f.Name) > 1 && f.Name[:2] == "__" {
				return nil
			}
			return f
		})
	}, ast.Object, ast.Interface),
	"inputFields": kinds(func(d *ast.Definition) any {
		return each(d.Fields, func(f *ast.FieldDefinition) any {
			return &ast.ArgumentDefinition{Name: f.Name, Description: f.Description, Type: f.Type, DefaultValue: f.DefaultValue}
		})
	}, ast.InputObject),
	"interfaces": kinds(func(d *ast.Definition) any { return each(d.Interfaces, asType) }, ast.Object, ast.Interface),
	"possibleTypes": kinds(func(d *ast.Definition) any {
		return each(whole.parsed.GetPossibleTypes(d), func(d *ast.Definition) any {
			if d.Kind != ast.Object {
				return nil
			}
			return asType(d.Name)
		})
	}, ast.Interface, ast.Union),
	"enumValues": kinds(func(d *ast.Definition) any {
		return each(d.EnumValues, func(v *ast.EnumValueDefinition) any { return v })
	}, ast.Enum),
	"isOneOf": kinds(func(d *ast.Definition) any { return d.Directives.ForName("oneOf") != nil }, ast.InputObject),
	"ofType": func(p any, _ arguments) any {
		t := p.(*ast.Type)
		switch {
		case t.NonNull:
			c := *t
			c.NonNull = false
			return &c
		case t.Elem != nil:
			return t.Elem
		}
		return nil
	},
}

func no(any, arguments) any { return false }

func none(any, arguments) any { return nil }

var fieldFields = map[string]func(any, arguments) any{
	"name":        func(p any, _ arguments) any { return p.(*ast.FieldDefinition).Name },
	"description": func(p any, _ arguments) any { return said(p.(*ast.FieldDefinition).Description) },
	"args": func(p any, _ arguments) any {
		return each(p.(*ast.FieldDefinition).Arguments, func(a *ast.ArgumentDefinition) any { return a })
	},
	"type":              func(p any, _ arguments) any { return p.(*ast.FieldDefinition).Type },
	"isDeprecated":      no,
	"deprecationReason": none,
}

var valueFields = map[string]func(any, arguments) any{
	"name":        func(p any, _ arguments) any { return p.(*ast.ArgumentDefinition).Name },
	"description": func(p any, _ arguments) any { return said(p.(*ast.ArgumentDefinition).Description) },
	"type":        func(p any, _ arguments) any { return p.(*ast.ArgumentDefinition).Type },
	"defaultValue": func(p any, _ arguments) any {
		if v := p.(*ast.ArgumentDefinition).DefaultValue; v != nil {
			return v.String()
		}
		return nil
	},
	"isDeprecated":      no,
	"deprecationReason": none,
}

var enumFields = map[string]func(any, arguments) any{
	"name":              func(p any, _ arguments) any { return p.(*ast.EnumValueDefinition).Name },
	"description":       func(p any, _ arguments) any { return said(p.(*ast.EnumValueDefinition).Description) },
	"isDeprecated":      no,
	"deprecationReason": none,
}

var directiveFields = map[string]func(any, arguments) any{
	"name":         func(p any, _ arguments) any { return p.(*ast.DirectiveDefinition).Name },
	"description":  func(p any, _ arguments) any { return said(p.(*ast.DirectiveDefinition).Description) },
	"isRepeatable": func(p any, _ arguments) any { return p.(*ast.DirectiveDefinition).IsRepeatable },
	"locations": func(p any, _ arguments) any {
		return each(p.(*ast.DirectiveDefinition).Locations, func(l ast.DirectiveLocation) any { return string(l) })
	},
	"args": func(p any, _ arguments) any {
		return each(p.(*ast.DirectiveDefinition).Arguments, func(a *ast.ArgumentDefinition) any { return a })
	},
}
