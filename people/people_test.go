package people

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"commonweal/people/peopletest"
	"commonweal/rule"
)

func TestNamesAreFolded(t *testing.T) {
	t.Parallel()
	same := [][2]string{{"Ada", "ada"}, {"ÉLOÏSE", "éloïse"}, {"e\u0301loise", "éloise"}, {"ＭＡＲＴＡ", "marta"}, {"ΣΟΦΟΣ", "σοφοσ"}, {"ada@Example.org", "ada@example.org"}}
	for _, s := range same {
		a, _, err := foldName(s[0])
		b, _, other := foldName(s[1])
		if err != nil || other != nil || a != b {
			t.Errorf("%q is %q (%v), %q is %q (%v)", s[0], a, err, s[1], b, other)
		}
	}
	for _, good := range []string{"田中さん", "김철수", "محمد", "jo", "ada.lovelace-2", "naïve"} {
		if _, _, err := foldName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "a", "a b", "ada\x00", "ada\u200b", "аda", "αda", "\xff\xfe", strings.Repeat("a", 65), "ada\u202e", " ada", "ada\n"} {
		if _, _, err := foldName(bad); err == nil {
			t.Errorf("%q is taken as a name", bad)
		}
	}
}

func TestEasyPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"short", "elevenchars", strings.Repeat("é", 129), "password1234", "Password123!", "P@ssw0rd2026", "qwertyuiop123", "123456789012", "aaaaaaaaaaaa",
		"abcdefghijkl", "passwordpassword", "iloveyou1234", "adalovelace1", "commonweal2026", "letmeinletmein", "correcthorsebatterystaple", "1qaz2wsx3edc", "\xff\xff\xff\xffaaaaaaaaaaa",
	} {
		if err := checkPassword(bad, "adalovelace"); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	for _, good := range []string{phrase, other, "xK7#pQz9!mWv", "correct horse battery staple", "пять слов без смысла", "水曜日の夜に川で泳いだ魚たち", strings.Repeat("wander the brook ", 7)} {
		if err := checkPassword(good, "adalovelace"); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func TestASourceIsOneThing(t *testing.T) {
	t.Parallel()
	for _, s := range []Source{{}, {File: "x", Postgres: "postgres://x"}} {
		if _, err := Open(ctx, s, Options{}); err == nil {
			t.Errorf("%+v was opened", s)
		}
	}
	if _, err := Open(ctx, Source{Postgres: "postgres://user:canary@host:notaport/x"}, Options{}); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("%v", err)
	}
}

func TestNoDiceNoSecret(t *testing.T) {
	t.Parallel()
	p, err := Open(ctx, Source{File: filepath.Join(t.TempDir(), "people.sqlite")}, Options{Rand: bytes.NewReader(nil)})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, secret, err := p.Invite(ctx, Invitation{Network: "farms"}); err == nil || secret != "" {
		t.Errorf("without dice the secret is %q", secret)
	}
}

// TestDamagedAccounts are found out when the program starts, and not by whoever asks
// for what stands on the page that is lost.
func TestDamagedAccounts(t *testing.T) {
	t.Parallel()
	for name, from := range map[string]int64{"its beginning": 0, "a page of it": 4096 * 3} {
		path := filepath.Join(t.TempDir(), "people.sqlite")
		p, err := Open(ctx, Source{File: path}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt(bytes.Repeat([]byte("nonsense"), 512), from); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		p, err = Open(ctx, Source{File: path}, Options{})
		var r *rule.Refusal
		if !errors.As(err, &r) || r.Rule != "peopleDamaged" || r.Value("path") != path {
			t.Errorf("%s: %v", name, err)
		}
		if p != nil {
			_ = p.Close()
		}
	}
}

func FuzzSecrets(f *testing.F) {
	p, err := Open(ctx, Source{File: filepath.Join(f.TempDir(), "people.sqlite")}, Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = p.Close() })
	for _, s := range []string{"", "cw_", strings.Repeat("A", 43), "cw_" + strings.Repeat("A", 43), "cw_" + strings.Repeat("_", 43), "\x00", "' OR 1=1 --"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if _, _, err := p.Session(ctx, s); !refused(err) {
			t.Errorf("%q: %v", s, err)
		}
		if _, err := p.Bearer(ctx, s); !refused(err) {
			t.Errorf("%q: %v", s, err)
		}
		if _, err := p.Invited(ctx, s); !refused(err) {
			t.Errorf("%q: %v", s, err)
		}
		if folded, _, err := foldName(s); err == nil {
			if again, _, err := foldName(folded); err != nil || again != folded {
				t.Errorf("%q folds to %q, and that to %q (%v)", s, folded, again, err)
			}
		}
		_ = plainCode(s)
		_ = checkPassword(s, s)
		_, _, _, _ = decode(s)
	})
}

// On a full disk the accounts are not ready, and again once there is room; however often it
// is asked, little is written for it.
func TestOnAFullDiskNobodySignsIn(t *testing.T) {
	t.Parallel()
	disk := peopletest.NewDisk()
	t.Cleanup(disk.Remove) // after it is closed
	h := &house{t: t, clock: peopletest.NewClock(), from: Source{File: filepath.Join(t.TempDir(), "people.sqlite"), VFS: disk.Name}}
	h.People = h.open(h.options())
	fine(t, h.Ready(ctx))
	disk.Fill(true)
	written := h.Work().Statements
	for range 50 {
		fine(t, h.Ready(ctx)) // as it was found a moment ago
	}
	if n := h.Work().Statements - written; n != 0 {
		t.Errorf("asking soon again wrote %d times", n)
	}
	h.clock.Pass(readyFor)
	ended, cancel := context.WithCancel(ctx)
	cancel() // who asks and goes says nothing of the disk
	if err := h.Ready(ended); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("a full disk takes writes: %v", err)
	}
	if _, err := h.BeginSignIn(ctx); err == nil {
		t.Error("on a full disk somebody signs in")
	}
	disk.Fill(false)
	h.clock.Pass(-time.Hour)
	fine(t, h.Ready(ctx))
	if n := h.Work().Statements - written; n > 10 {
		t.Errorf("%d statements for it", n)
	}
}
