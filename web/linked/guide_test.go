package linked

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestTheGuideTellsTheTruth sends each request of doc/linked-data.md, in order, and
// looks for the lines that it is said to be answered with.
func TestTheGuideTellsTheTruth(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../doc/linked-data.md")
	if err != nil {
		t.Fatal(err)
	}
	s := at(t, story)
	blocks := regexp.MustCompile("(?s)```http\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 8 {
		t.Fatalf("the guide has %d requests", len(blocks))
	}
	for _, b := range blocks {
		answer := regexp.MustCompile(`(?m)^([0-9]{3})\n`).FindStringSubmatchIndex(b[1])
		request, want := b[1][:answer[0]], strings.Split(strings.TrimRight(b[1][answer[1]:], "\n"), "\n")
		head, body, _ := strings.Cut(strings.TrimSuffix(request, "\n"), "\n\n")
		lines := strings.Split(strings.TrimSpace(head), "\n")
		method, path, _ := strings.Cut(lines[0], " ")
		w := s.ask(method, path, body, lines[1:]...)
		if strconv.Itoa(w.Code) != b[1][answer[2]:answer[3]] {
			t.Errorf("%s: %d %s", lines[0], w.Code, w.Body)
		}
		for _, line := range want {
			if !strings.Contains("\n"+w.Body.String(), "\n"+line) && !strings.Contains(w.Body.String(), " "+strings.TrimSpace(line)) {
				t.Errorf("%s is not answered with %q:\n%.1500s", lines[0], line, w.Body)
			}
		}
	}
}
