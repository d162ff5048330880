package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// source is one Go file of ours.
type source struct {
	path  string // from the root of the module: "vf/unit.go"
	dir   string // its package's folder: "vf"
	text  string
	file  *ast.File
	test  bool
	lines int
}

var positions = token.NewFileSet()

// tree reads every Go file of the module, those of generated code and of other
// modules excepted.
func tree(t *testing.T) []source {
	t.Helper()
	root := os.DirFS("..")
	var list []source
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipped(root, path)
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(positions, path, text, parser.ParseComments)
		if err != nil || ast.IsGenerated(file) {
			return err
		}
		list = append(list, source{path, filepath.ToSlash(filepath.Dir(path)), string(text), file,
			strings.HasSuffix(path, "_test.go"), strings.Count(string(text), "\n")})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 20 {
		t.Fatalf("found %d Go files only: the tests of the house look in the wrong place", len(list))
	}
	return list
}

func skipped(root fs.FS, path string) error {
	if path == "." {
		return nil
	}
	name := filepath.Base(path)
	if strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "data" {
		return fs.SkipDir
	}
	if _, err := fs.Stat(root, path+"/go.mod"); err == nil {
		return fs.SkipDir
	}
	return nil
}

// at writes a place in a file as people click on it.
func at(p token.Pos) string { return positions.Position(p).String() }

// page reads a file from the root of the module.
func page(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile("../" + path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
