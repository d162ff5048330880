package house

import (
	"strconv"
	"strings"
	"testing"
)

// may says which packages of ours each package may import; what stands in no
// row has no place in the house yet.
var may = []struct {
	pkg     string
	imports []string
	why     string
}{
	{"vf", nil, "the words depend on nothing"},
	{"rule", nil, "reasons depend on nothing"},
	{"zone", nil, "the data of time zones depends on nothing"},
	{"journal", []string{"vf", "rule"}, "domain packages speak only vf and rule, never of each other"},
	{"ledger", []string{"vf", "rule"}, "domain packages speak only vf and rule, never of each other"},
	{"plan", []string{"vf", "rule"}, "domain packages speak only vf and rule, never of each other"},
	{"coordination", []string{"vf", "rule"}, "domain packages speak only vf and rule, never of each other"},
	{"store", []string{"vf", "rule", "journal"}, "a store keeps the journal and its views and knows no domain"},
	{"format", []string{"vf", "rule", "zone"}, "formats carry records, whoever makes them, and know the names of zones"},
	{"node", []string{"vf", "rule", "journal", "ledger", "plan", "coordination", "store", "format", "zone"}, "the door joins the domain packages"},
	{"examples", nil, "networks that come with the program are data"},
	{"people", []string{"vf", "rule"}, "who may come in knows no books; it names networks and agents only"},
	{"host", []string{"vf", "rule", "journal", "ledger", "plan", "coordination", "store", "format", "node", "zone", "examples", "people"}, "the networks of one server stand behind its doors"},
	{"web", []string{"vf", "rule", "journal", "ledger", "plan", "coordination", "store", "format", "node", "zone", "host", "people"}, "the door for people and programs"},
	{"packaging", nil, "the Debian package is made by a script; its test runs it"},
	{"bench", []string{"vf", "rule", "plan", "format", "zone", "web", "store", "journal", "node", "host"}, "measures the planner, and a server from outside with what runs servers and databases for tests; makes long books through the door"},
	{"house", nil, "the rules of the house read source, they do not run it"},
	{"cmd", []string{"vf", "rule", "journal", "ledger", "plan", "coordination", "store", "format", "node", "zone", "host", "web", "people"}, "programs may use all, save the bench"},
}

func TestImportsPointOneWay(t *testing.T) {
	t.Parallel()
	for _, s := range tree(t) {
		top, _, _ := strings.Cut(s.dir, "/")
		row := -1
		for i := range may {
			if may[i].pkg == top {
				row = i
			}
		}
		if row < 0 {
			t.Errorf("%s: the package %s has no row in house/imports_test.go; say there what it may import, and why", s.path, s.dir)
			continue
		}
		if s.test {
			continue
		}
		for _, spec := range s.file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			ours, ok := strings.CutPrefix(path, "commonweal/")
			other, _, _ := strings.Cut(ours, "/")
			if !ok || other == top || contains(may[row].imports, other) {
				continue
			}
			t.Errorf("%s: %s imports %s, but may import only %v of ours: %s", at(spec.Pos()), s.dir, ours, may[row].imports, may[row].why)
		}
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Names that say nothing about what is inside.
var emptyNames = []string{"util", "utils", "common", "model", "models", "service", "services", "manager", "helper", "helpers", "misc", "base", "types"}

func TestPackagesHaveNamesThatSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	for _, s := range tree(t) {
		if contains(emptyNames, s.file.Name.Name) || contains(emptyNames, s.dir[strings.LastIndex(s.dir, "/")+1:]) {
			t.Errorf("%s: a package named %s says nothing about what is inside; name it after its matter", s.path, s.file.Name.Name)
		}
	}
}
