package coordination

import (
	"os"
	"strings"
	"testing"
)

//go:generate env COMMONWEAL_WRITE=1 go test -count=1 -run TestThePageOfTheCharterIsFresh .

const (
	page   = "../doc/charter.md"
	begins = "<!-- generated: go generate ./coordination -->\n"
	ends   = "<!-- end of what is generated -->\n"
)

func TestThePageOfTheCharterIsFresh(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(raw), begins)
	_, after, also := strings.Cut(rest, ends)
	if !ok || !also {
		t.Fatal("the page has lost its marks")
	}
	want := before + begins + "\n```\n" + strings.Join(Default, "\n") + "\n```\n" + ends + after
	if os.Getenv("COMMONWEAL_WRITE") != "" {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(raw) {
		t.Error("doc/charter.md does not show the default charter; run: go generate ./coordination")
	}
}

func TestTheDefaultCharterIsRead(t *testing.T) {
	t.Parallel()
	if len(defaultCharter.clauses) != len(Default) {
		t.Fatal("a clause of the default charter cannot be read")
	}
	if err := CheckCharter(defaultCharter.record); err != nil {
		t.Fatal(err)
	}
}
