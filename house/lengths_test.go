package house

import (
	"go/ast"
	"testing"
)

// The budgets: what a reader can hold in mind.
const (
	longestFile     = 500
	longestFunction = 70
	usualFunction   = 45
	methodsOfOne    = 7 // methods of one interface
)

func TestFilesAndFunctionsAreShort(t *testing.T) {
	t.Parallel()
	functions, long := 0, 0
	for _, s := range tree(t) {
		if s.lines > longestFile {
			t.Errorf("%s has %d lines; a file has at most %d: split it by its matter", s.path, s.lines, longestFile)
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			n := positions.Position(f.End()).Line - positions.Position(f.Pos()).Line + 1
			functions++
			if n > usualFunction {
				long++
			}
			if n > longestFunction {
				t.Errorf("%s: %s has %d lines; a function has at most %d", at(f.Pos()), f.Name.Name, n, longestFunction)
			}
		}
	}
	if long*20 > functions {
		t.Errorf("%d of %d functions have more than %d lines; at most one in twenty should", long, functions, usualFunction)
	}
}

func TestInterfacesAreSmall(t *testing.T) {
	t.Parallel()
	for _, s := range tree(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			if i, ok := n.(*ast.InterfaceType); ok && i.Methods.NumFields() > methodsOfOne {
				t.Errorf("%s: an interface of %d methods; at most %d, so that a second implementation stays easy", at(i.Pos()), i.Methods.NumFields(), methodsOfOne)
			}
			return true
		})
	}
}
