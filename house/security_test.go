package house

import (
	"fmt"
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// asvs are the items of the checklist in its order, and the level of each.
func asvs(t *testing.T) (order []string, level map[string]string) {
	t.Helper()
	level = map[string]string{}
	for line := range strings.Lines(page(t, "house/testdata/asvs-5.0.0.txt")) {
		item, of, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || item == "#" {
			continue
		}
		order = append(order, item)
		level[item] = of
	}
	if len(order) != 345 {
		t.Fatalf("%d items, the checklist has 345", len(order))
	}
	return order, level
}

// answer is a row of doc/security.md.
type answer struct {
	row, items, levels, done, by string
}

// The ways in which an item is answered, by how its row begins.
const (
	notMet   = "**not met:**"
	inPart   = "**in part:**"
	noMatter = "does not apply:"
)

func (a answer) state() string {
	for _, s := range []string{notMet, inPart, noMatter} {
		if strings.HasPrefix(a.done, s) {
			return s
		}
	}
	return "met"
}

// answers are the rows of doc/security.md that answer items.
func answers(t *testing.T) (list []answer) {
	t.Helper()
	for line := range strings.Lines(page(t, "doc/security.md")) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| ") || line[2] < '0' || line[2] > '9' {
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) != 4 {
			t.Errorf("doc/security.md: a row has %d cells, not 4: %s", len(cells), line)
			continue
		}
		list = append(list, answer{line, cells[0], cells[1], cells[2], cells[3]})
	}
	return list
}

// named lists the items of a row: “1.2.3, 1.2.5 to 1.2.8”.
func (a answer) named(order []string) (items []string, err error) {
	for part := range strings.SplitSeq(a.items, ", ") {
		first, last, several := strings.Cut(part, " to ")
		if !several {
			last = first
		}
		from, to := slices.Index(order, first), slices.Index(order, last)
		if from < 0 || to < from || several && to == from {
			return nil, fmt.Errorf("there is no %q in the checklist", part)
		}
		items = append(items, order[from:to+1]...)
	}
	return items, nil
}

func TestEveryItemOfTheChecklistIsAnswered(t *testing.T) {
	t.Parallel()
	order, level := asvs(t)
	answered, count := map[string]bool{}, map[string]int{}
	for _, a := range answers(t) {
		items, err := a.named(order)
		if err != nil {
			t.Errorf("doc/security.md: %v: %s", err, a.row)
			continue
		}
		var levels []string
		for _, item := range items {
			if answered[item] {
				t.Errorf("doc/security.md answers %s twice", item)
			}
			answered[item] = true
			if !contains(levels, level[item]) {
				levels = append(levels, level[item])
			}
			if level[item] != "3" {
				count[a.state()]++
			}
		}
		slices.Sort(levels)
		if want := strings.Join(levels, ", "); a.levels != want {
			t.Errorf("doc/security.md says level %s of %s, which is of level %s", a.levels, a.items, want)
		}
	}
	for _, item := range order {
		if level[item] != "3" && !answered[item] {
			t.Errorf("doc/security.md has no row for %s, which is of level %s", item, level[item])
		}
	}
	said := fmt.Sprintf("Of its 253 items of levels 1 and 2, %d are met, %d in part, %d not, and %d do not apply.", count["met"], count[inPart], count[notMet], count[noMatter])
	if !strings.Contains(page(t, "doc/security.md"), said) {
		t.Errorf("doc/security.md should say: %s", said)
	}
}

var (
	inCode   = regexp.MustCompile("`([^`]+)`")
	inQuotes = regexp.MustCompile(`“([^”]+)”`)
)

// TestAnswersOfTheChecklistAreThere: what a row names is in the tree, so that it can
// be looked at: tests, stories of the contract suites, functions, files.
func TestAnswersOfTheChecklistAreThere(t *testing.T) {
	t.Parallel()
	declared, stories := declarations(t)
	for _, a := range answers(t) {
		names := inCode.FindAllStringSubmatch(a.by, -1)
		if s := a.state(); (s == "met" || s == inPart) && len(names) == 0 {
			t.Errorf("doc/security.md: nothing answers %s", a.items)
		}
		if len(a.done) < 15 {
			t.Errorf("doc/security.md: the row of %s says too little: %q", a.items, a.done)
		}
		for _, m := range names {
			if _, err := os.Stat("../" + m[1]); err != nil && !declared[m[1]] {
				t.Errorf("doc/security.md answers %s by %s, which is no test, function or file here", a.items, m[1])
			}
		}
		for _, m := range inQuotes.FindAllStringSubmatch(a.by, -1) {
			if !stories[m[1]] {
				t.Errorf("doc/security.md answers %s by the story “%s”, which no test has", a.items, m[1])
			}
		}
	}
}

// declarations are the functions, methods, types and variables of the tree by name,
// and the texts that stand in tests, among them the names of stories.
func declarations(t *testing.T) (declared, texts map[string]bool) {
	t.Helper()
	declared, texts = map[string]bool{}, map[string]bool{}
	for _, s := range tree(t) {
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				if d.Recv != nil {
					name = receiverName(d.Recv.List[0].Type) + "." + name
				}
				declared[name] = true
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					declareSpec(declared, spec)
				}
			}
		}
		if !s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok {
				if text, err := strconv.Unquote(l.Value); err == nil {
					texts[text] = true
				}
			}
			return true
		})
	}
	return declared, texts
}

func declareSpec(declared map[string]bool, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		declared[spec.Name.Name] = true
	case *ast.ValueSpec:
		for _, n := range spec.Names {
			declared[n.Name] = true
		}
	}
}

func receiverName(e ast.Expr) string {
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.Ident:
			return x.Name
		default:
			return ""
		}
	}
}
