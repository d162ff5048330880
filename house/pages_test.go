package house

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

func TestLinksOfPagesLeadSomewhere(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../*.md")
	if err != nil {
		t.Fatal(err)
	}
	docs, err := filepath.Glob("../doc/*.md")
	if err != nil {
		t.Fatal(err)
	}
	links := 0
	for _, p := range append(pages, docs...) {
		name := strings.TrimPrefix(filepath.ToSlash(p), "../")
		for _, m := range link.FindAllStringSubmatch(page(t, name), -1) {
			links++
			if _, err := os.Stat(filepath.Join("..", path.Dir(name), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
	}
	if links < 8 {
		t.Errorf("found %d links only: the test looks in the wrong place", links)
	}
}
