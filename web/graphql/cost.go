package graphql

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// cost refuses an operation whose fields, each times the sizes of all lists around
// it, are too many. It is known to be valid, and its variables are read.
func (x *execution) cost(op *ast.OperationDefinition) error {
	total := 0
	if x.costOf(op.SelectionSet, 1, usualPage, &total); total > x.h.limits.Cost {
		return beyond("queryTooCostly", total, x.h.limits.Cost)
	}
	return nil
}

// costOf adds the cost of a selection set that is answered so many times; size is
// that of the page around it.
func (x *execution) costOf(set ast.SelectionSet, times, size int, total *int) {
	for _, s := range set {
		if *total > x.h.limits.Cost {
			return
		}
		switch s := s.(type) {
		case *ast.InlineFragment:
			x.costOf(s.SelectionSet, times, size, total)
		case *ast.FragmentSpread:
			x.costOf(x.fragments.ForName(s.Name).SelectionSet, times, size, total)
		case *ast.Field:
			x.fieldCost(s, times, size, total)
		}
	}
}

func (x *execution) fieldCost(f *ast.Field, times, size int, total *int) {
	if strings.HasPrefix(f.Name, "__") {
		*total++ // the schema is as large as it is
		return
	}
	*total += times
	if o := whole.types[f.ObjectDefinition.Name]; o != nil {
		if g := o.find(f.Name); g != nil {
			*total += times * g.cost
			switch {
			case g.times == wholePage:
				times *= max(size, 1)
			case g.times > 0:
				times *= g.times
			}
		}
	}
	if f.Definition.Arguments.ForName("first") != nil {
		size = usualPage
		for _, name := range []string{"first", "last"} {
			if a := f.Arguments.ForName(name); a != nil {
				if n, err := input(f.Definition.Arguments.ForName(name).Type, x.literal(a.Value), name); err == nil {
					if n, ok := n.(int); ok {
						size = min(max(n, 0), mostPage)
					}
				}
			}
		}
	}
	x.costOf(f.SelectionSet, times, size, total)
}
