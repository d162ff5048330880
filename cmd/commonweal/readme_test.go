package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// example is one command of a document, with what it is said to print.
type example struct {
	command string
	lines   []string
}

// examples reads the console blocks of a document: a line that begins with “$ ”
// is a command, which a backslash continues; what follows is what it prints.
func examples(text string) (list []example) {
	in, more := false, false
	for _, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			in, more = line == "```console", false
		case !in:
		case more:
			e := &list[len(list)-1]
			e.command += "\n" + line
			more = strings.HasSuffix(line, `\`)
		case strings.HasPrefix(line, "$ "):
			list = append(list, example{command: line[2:]})
			more = strings.HasSuffix(line, `\`)
		case len(list) > 0:
			e := &list[len(list)-1]
			e.lines = append(e.lines, line)
		}
	}
	return list
}

// TestPagesTellTheTruth runs every command of the tours, in order, each in a folder
// that has the examples, and compares what it prints with what is said there.
func TestPagesTellTheTruth(t *testing.T) {
	t.Parallel()
	for page, least := range map[string]int{"README.md": 10, "doc/daily.md": 10, "doc/replanning.md": 10, "doc/server.md": 3} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			follow(t, page, least)
		})
	}
}

// follow runs the commands of one page, of which there are at least so many.
func follow(t *testing.T, page string, least int) {
	t.Helper()
	text, err := os.ReadFile("../../" + page)
	if err != nil {
		t.Fatal(err)
	}
	tour := examples(string(text))
	if len(tour) < least {
		t.Fatalf("found %d commands in %s, want %d: the test looks in the wrong place", len(tour), page, least)
	}
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "examples"), os.DirFS("../../examples")); err != nil {
		t.Fatal(err)
	}
	path := programFolder(t) + string(os.PathListSeparator) + os.Getenv("PATH")
	for _, e := range tour {
		cmd := exec.Command("bash", "-c", e.command)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "PATH="+path, "TZ=UTC", "COMMONWEAL_DATA=", "COMMONWEAL_AS=")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("$ %s\n%s\n%v", e.command, out, err)
		}
		got := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
		if !printed(e.lines, got) {
			t.Errorf("$ %s\n%s and the program differ (- page, + program):\n%s", e.command, page, cmp.Diff(e.lines, got))
		}
	}
}

// printed reports whether a text is what a document says; there a line of “…”
// stands for any number of lines, also none.
func printed(said, got []string) bool {
	switch {
	case len(said) == 0:
		return len(got) == 0 || len(got) == 1 && got[0] == ""
	case said[0] == "…":
		for i := range len(got) + 1 {
			if printed(said[1:], got[i:]) {
				return true
			}
		}
		return len(said) == 1
	case len(got) == 0:
		return false
	}
	return strings.TrimRight(said[0], " ") == strings.TrimRight(got[0], " ") && printed(said[1:], got[1:])
}

func TestPrinted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		said, got string
		want      bool
	}{
		{"a b", "a b", true}, {"a c", "a b", false}, {"a …", "a b c", true}, {"… c", "a b c", true}, {"a … c", "a c", true},
		{"… b", "a b c", false}, {"a", "a b", false}, {"a b", "a", false}, {"…", "", true},
	} {
		if got := printed(strings.Fields(c.said), strings.Fields(c.got)); got != c.want {
			t.Errorf("%q for %q: %v", c.said, c.got, got)
		}
	}
}

// programFolder makes a folder in which the test binary is called commonweal,
// under which name it is the program.
func programFolder(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.Symlink(self, filepath.Join(folder, "commonweal")); err != nil {
		t.Fatal(err)
	}
	return folder
}
