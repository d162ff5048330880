package house

import (
	"go/ast"
	"go/format"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

func TestPackagesAreDocumented(t *testing.T) {
	t.Parallel()
	documented := map[string]string{}
	packages := map[string]bool{}
	for _, s := range tree(t) {
		if s.test {
			continue
		}
		packages[s.dir] = true
		if s.file.Doc == nil {
			continue
		}
		documented[s.dir] = s.path
		want := "Package " + s.file.Name.Name + " "
		if s.file.Name.Name == "main" {
			want = "Command "
		}
		if !strings.HasPrefix(s.file.Doc.Text(), want) {
			t.Errorf("%s: the documentation of the package should begin with “%s”", s.path, want)
		}
	}
	for dir := range packages {
		if documented[dir] == "" {
			t.Errorf("the package %s has no documentation: write a doc.go with its words, the path of data through it, and its limits", dir)
		}
	}
}

func TestExportedNamesAreDocumented(t *testing.T) {
	t.Parallel()
	for _, s := range tree(t) {
		if s.test || s.file.Name.Name == "main" {
			continue
		}
		var above *ast.FuncDecl // the declaration just above, where it is a documented method of the same name
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				above = nil
				undocumented(t, d.(*ast.GenDecl))
				continue
			}
			if f.Name.IsExported() && f.Doc == nil && !sameTable(above, f) && receiverExported(f) {
				t.Errorf("%s: %s has no documentation", at(f.Pos()), f.Name.Name)
			}
			if f.Doc != nil || !sameTable(above, f) {
				above = f
			}
		}
	}
}

// sameTable reports whether a method stands in a table of one-line methods of
// the same name, whose first one is documented.
func sameTable(first, f *ast.FuncDecl) bool {
	return first != nil && first.Doc != nil && first.Recv != nil && f.Recv != nil && first.Name.Name == f.Name.Name
}

func receiverExported(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	exported := false
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.IsExported() {
			exported = true
		}
		return true
	})
	return exported
}

// undocumented reports exported types, constants and variables with no comment
// of their own, beside them, or on their group.
func undocumented(t *testing.T, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && d.Doc == nil && spec.Doc == nil && spec.Comment == nil {
				t.Errorf("%s: the type %s has no documentation", at(spec.Pos()), spec.Name.Name)
			}
		case *ast.ValueSpec:
			if d.Tok == token.IMPORT || d.Doc != nil || spec.Doc != nil || spec.Comment != nil {
				continue
			}
			for _, name := range spec.Names {
				if name.IsExported() {
					t.Errorf("%s: %s has no documentation", at(name.Pos()), name.Name)
				}
			}
		}
	}
}

// unfinished are words of work that is not done; a piece of them is joined here
// so that this file does not find itself.
var unfinished = regexp.MustCompile(`TO` + `DO|FIX` + `ME|\bX` + `XX\b|not ` + `implemented|\bt\.Sk` + `ip|for ` + `now\b|place` + `holder\b[^:]`)

func TestNothingIsLeftUnfinished(t *testing.T) {
	t.Parallel()
	for _, s := range tree(t) {
		for i, line := range strings.Split(s.text, "\n") {
			if found := unfinished.FindString(line); found != "" {
				t.Errorf("%s:%d says “%s”: finish it, or take it out", s.path, i+1, found)
			}
		}
	}
}

func TestSourceIsFormatted(t *testing.T) {
	t.Parallel()
	for _, s := range tree(t) {
		if out, err := format.Source([]byte(s.text)); err != nil || string(out) != s.text {
			t.Errorf("%s is not formatted; run gofmt -w %s", s.path, s.path)
		}
	}
}
