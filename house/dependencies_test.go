package house

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// dependencyRow is a row of doc/dependencies.md: a module, and what it is for.
var dependencyRow = regexp.MustCompile("(?m)^\\| `([^` ]+)` +\\|(.*)\\|$")

func TestEveryDependencyHasItsReason(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	file, err := modfile.Parse("go.mod", mod, nil)
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for _, row := range dependencyRow.FindAllStringSubmatch(page(t, "doc/dependencies.md"), -1) {
		reasons[row[1]] = strings.TrimSpace(row[2])
	}
	used := map[string]bool{}
	for _, s := range tree(t) {
		for _, spec := range s.file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if m := moduleOf(file, path); m != "" {
				used[m] = true
			}
		}
	}
	for m := range used {
		if len(reasons[m]) < 20 {
			t.Errorf("the code imports %s, but doc/dependencies.md gives no reason for it in a row | `%s` | … |", m, m)
		}
	}
	for m := range reasons {
		if !used[m] {
			t.Errorf("doc/dependencies.md gives a reason for %s, which nothing imports", m)
		}
	}
	for _, r := range file.Require {
		if !r.Indirect && !used[r.Mod.Path] {
			t.Errorf("go.mod requires %s directly, which nothing imports; run go mod tidy", r.Mod.Path)
		}
	}
}

// moduleOf returns the required module that a package belongs to, "" for ours
// and the standard library.
func moduleOf(file *modfile.File, path string) string {
	found := ""
	for _, r := range file.Require {
		if m := r.Mod.Path; (path == m || strings.HasPrefix(path, m+"/")) && len(m) > len(found) {
			found = m
		}
	}
	return found
}
