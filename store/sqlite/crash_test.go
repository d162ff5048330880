package sqlite_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"commonweal/journal"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/store/sqlite"
	"commonweal/store/storetest"
)

// The variables that make this test binary a writer to be killed.
const (
	childPath = "COMMONWEAL_CRASH_PATH"
	childFrom = "COMMONWEAL_CRASH_FROM"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childPath); path != "" {
		if err := writeUntilKilled(path, os.Getenv(childFrom)); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// client writes acts as a node does: it remembers the journal's state beside
// the acts, and looks whether a key was used before it acts.
type client struct {
	store *sqlite.Store
	books *storetest.Books
}

func openClient(ctx context.Context, path string, o sqlite.Options) (*client, error) {
	s, err := sqlite.Open(ctx, path, o)
	var r *rule.Refusal
	if errors.As(err, &r) && (r.Rule == "storeMissing" || r.Rule == "notAStore") { // its beginning was cut short
		s, err = sqlite.Create(ctx, path, o)
	}
	if err != nil {
		return nil, err
	}
	c := &client{s, storetest.NewBooks()}
	raw, err := s.Get(ctx, "state", "mark")
	if err == nil && raw != nil {
		var mark journal.Mark
		if err = json.Unmarshal(raw, &mark); err == nil {
			c.books.State, err = journal.Resume(mark)
		}
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return c, nil
}

// do acts at most once for each key.
func (c *client) do(ctx context.Context, t testing.TB, key string) error {
	return c.books.Once(ctx, t, c.store, key)
}

func writeUntilKilled(path, from string) error {
	ctx := context.Background()
	n, err := strconv.Atoi(from)
	if err != nil {
		return err
	}
	c, err := openClient(ctx, path, sqlite.Options{})
	if err != nil {
		return err
	}
	for ; ; n++ {
		if err := c.do(ctx, new(testing.T), strconv.Itoa(n)); err != nil {
			return err
		}
		fmt.Println(n) // the acknowledgement
	}
}

// TestKill kills a writing process 200 times at random moments: nothing that it
// acknowledged is lost, and nothing is doubled though the acts are sent again.
func TestKill(t *testing.T) {
	t.Parallel()
	cycles := 200
	if os.Getenv("COMMONWEAL_SOAK") != "" {
		cycles = 5000
	}
	path := filepath.Join(t.TempDir(), "books")
	dice := rand.New(rand.NewPCG(1, 2))
	acknowledged, early := -1, 0
	for range cycles {
		last := killWriter(t, path, acknowledged+1, time.Duration(dice.IntN(15000))*time.Microsecond, dice.IntN(4) > 0)
		if last < 0 {
			early++
			continue
		}
		acknowledged = last
	}
	c, err := openClient(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.store.Close()
	t.Logf("%d acts acknowledged in %d lives; %d ended before their first", acknowledged+1, cycles, early)
	checkKeys(t, c.store, acknowledged)
	if acknowledged < cycles {
		t.Errorf("only %d acts were acknowledged in %d lives: the test tries too little", acknowledged+1, cycles)
	}
}

// killWriter starts a writer that begins with an act, kills it after a delay,
// which runs from its start or from its first acknowledgement, and returns the
// last act that was acknowledged, -1 if there was none.
func killWriter(t *testing.T, path string, from int, delay time.Duration, afterFirst bool) int {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childPath+"="+path, childFrom+"="+strconv.Itoa(from))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	last := -1
	if !afterFirst {
		time.AfterFunc(delay, func() { _ = cmd.Process.Kill() })
	}
	for lines.Scan() {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatalf("the writer said %q", lines.Text())
		}
		if last < 0 && afterFirst {
			time.AfterFunc(delay, func() { _ = cmd.Process.Kill() })
		}
		last = n
	}
	if err := cmd.Wait(); cmd.ProcessState.Exited() {
		t.Fatalf("the writer ended by itself: %v", err)
	}
	return last
}

// checkKeys checks that the acts 0 to the last acknowledged are in the journal
// once each, and at most one more, which was under way.
func checkKeys(t *testing.T, s *sqlite.Store, acknowledged int) {
	t.Helper()
	tree, err := s.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := int(tree.N); n != acknowledged+1 && n != acknowledged+2 {
		t.Errorf("%d acts were acknowledged, and %d are in the journal", acknowledged+1, n)
	}
	err = s.Entries(t.Context(), 0, func(seq int64, raw []byte) error {
		e, err := journal.Decode(raw)
		if err == nil && e.Act.Key != strconv.FormatInt(seq, 10) {
			t.Errorf("entry %d holds the act %s", seq, e.Act.Key)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for n := range tree.N {
		key := strconv.FormatInt(n, 10)
		for view, k := range map[string]string{"key": key, store.Profiles: "p" + key} {
			if v, err := s.Get(t.Context(), view, k); v == nil || err != nil {
				t.Errorf("the row of act %d in %s is %q, %v", n, view, v, err)
			}
		}
	}
}
