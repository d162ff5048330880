package people

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestKnownPasswordsAreInOrder(t *testing.T) {
	t.Parallel()
	n := len(knownText) / knownWidth
	if len(knownText)%knownWidth != 0 || n < 10_000 {
		t.Fatalf("%d bytes", len(knownText))
	}
	for i := 1; i < n; i++ {
		if knownText[(i-1)*knownWidth:i*knownWidth] >= knownText[i*knownWidth:(i+1)*knownWidth] {
			t.Fatalf("entry %d is not behind the one before", i)
		}
	}
	for _, p := range []string{"leavemealone", "LeaveMeAlone", "newproject2004", "polniypizdec0211", "unbelievable"} {
		if refuses(t, checkPassword(p, "ada"), "weakPassword"); !isKnown(p) {
			t.Errorf("%q is not known", p)
		}
	}
	for _, p := range []string{phrase, other, ""} {
		if isKnown(p) {
			t.Errorf("%q is known", p)
		}
	}
}

// list writes a list of passwords as Pwned Passwords does.
func list(t *testing.T, end string, passwords ...string) string {
	t.Helper()
	var lines []string
	for i, p := range passwords {
		sum := sha1.Sum([]byte(p))
		lines = append(lines, fmt.Sprintf("%s:%d", strings.ToUpper(hex.EncodeToString(sum[:])), i*i*i+1))
	}
	slices.Sort(lines)
	path := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(path, []byte(strings.Join(lines, end)+end), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestListsOfBreachesAreSearched(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"\n", "\r\n"} {
		for _, count := range []int{1, 2, 3, 1000} {
			var all []string
			for i := range count {
				all = append(all, fmt.Sprint("password number ", i))
			}
			b, err := openBreaches(list(t, end, all...))
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			for i := range 2 * count {
				p := fmt.Sprint("password number ", i)
				if found, err := b.has(p); err != nil || found != (i < count) {
					t.Errorf("of %d: %q: %v %v", count, p, found, err)
				}
			}
		}
	}
}

func TestListsOfBreachesThatAreNone(t *testing.T) {
	t.Parallel()
	sorted := strings.Repeat("A", 40) + ":1\n" + strings.Repeat("B", 40) + ":1\n"
	for name, text := range map[string]string{
		"nothing": "", "words": "password\n", "cut": sorted[:50], "one long line": strings.Repeat("A", 500), "no counts": strings.Repeat("A", 40) + "\n",
		"not in order": strings.Repeat("B", 40) + ":1\n" + strings.Repeat("A", 40) + ":1\n",
	} {
		path := filepath.Join(t.TempDir(), "list.txt")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := openBreaches(path)
		if refuses(t, err, "badPasswordList"); b != nil {
			t.Errorf("%s is taken", name)
		}
	}
	_, err := openBreaches(t.TempDir())
	refuses(t, err, "badPasswordList")
	_, err = Open(ctx, Source{File: filepath.Join(t.TempDir(), "people.sqlite")}, Options{Breached: "nowhere"})
	refuses(t, err, "badPasswordList")
}

// breachedPasswords is about every way to set a password.
func breachedPasswords(t *testing.T, h *house) {
	const breached = "unlikely gravel moss tide"
	o := h.options()
	o.Breached = list(t, "\n", breached, "another")
	p := h.open(o)
	_, secret, err := p.Invite(ctx, Invitation{Network: "farms"})
	fine(t, err)
	_, _, err = p.Accept(ctx, secret, Newcomer{Name: "ada", WayIn: WayIn{Password: breached}}, Browser{Origin: here})
	refuses(t, err, "weakPassword")
	e, _, err := p.Accept(ctx, secret, Newcomer{Name: "ada", WayIn: WayIn{Password: phrase}}, Browser{Origin: here})
	fine(t, err)
	_, err = p.SetPassword(ctx, e.Session, phrase, breached, here)
	refuses(t, err, "weakPassword")
	codes, err := p.NewCodes(ctx, e.Session, here)
	fine(t, err)
	_, err = p.RecoverByCode(ctx, "ada", codes[0], WayIn{Password: breached}, Browser{Origin: here})
	refuses(t, err, "weakPassword")
	link, _, err := p.IssueRecovery(ctx, e.Account, "agent/olga", "farms")
	fine(t, err)
	_, err = p.RecoverByLink(ctx, link, WayIn{Password: breached}, Browser{Origin: here})
	refuses(t, err, "weakPassword")
	_, err = p.SignIn(ctx, "ada", phrase, Browser{Origin: here})
	fine(t, err)
}
