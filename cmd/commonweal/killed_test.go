package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"commonweal/store/postgres/pgtest"
	"commonweal/web/webtest"
)

// kills is how often a server is killed while it is under load.
func kills() int {
	if os.Getenv("COMMONWEAL_SOAK") != "" {
		return 100
	}
	return 10
}

// TestKilledServerLosesAndDoublesNothing kills the server (SIGKILL) at random moments
// while clients enter acts and follow them. What was acknowledged is in the journal,
// once, at the place that was told; what was not is sent again with the same key,
// and then is there, once; who follows hears of each entry once.
func TestKilledServerLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	k := newKilling(t, nil, 1)
	k.run(func(int) int { return 0 })
	k.judge("--data", filepath.Join(k.folder, "data", "networks", "home"))
}

// TestKilledServerBesideAnother is the same with two servers on one database, of
// which now one and now the other is killed: clients go on at the other.
func TestKilledServerBesideAnother(t *testing.T) {
	t.Parallel()
	database := pgtest.URL(t)
	k := newKilling(t, []string{"--store", database}, 2)
	k.run(func(n int) int { return n % 2 })
	k.judge("--data", filepath.Join(k.folder, "data"), "--store", database+"&network=home")
}

// killing is a story of servers that are killed.
type killing struct {
	t       *testing.T
	dice    *rand.Rand // of the one who kills
	folder  string
	program string
	servers []*webtest.Server
	person  *webtest.Person

	mu        sync.Mutex
	told      map[string]int64 // where acts stand, by key, as it was acknowledged
	uncertain int              // acts whose outcome was unknown once
	found     int              // of these, acts that had been entered
	followers []*watching
}

func newKilling(t *testing.T, flags []string, count int) *killing {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	k := &killing{t: t, dice: rand.New(rand.NewPCG(seed, 0)), folder: t.TempDir(), program: filepath.Join(programFolder(t), "commonweal"), told: map[string]int64{}}
	log, err := os.Create(filepath.Join(k.folder, "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	flags = append([]string{"--data", filepath.Join(k.folder, "data")}, flags...)
	for range count {
		s, err := webtest.Start(k.program, flags, []string{"--rate", "0", "--log-level", "warn"}, log)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Kill)
		if k.servers = append(k.servers, s); k.person != nil {
			continue
		}
		if k.person, err = webtest.SignUp(t.Context(), s.URL, s.Invitation, "ada"); err != nil {
			t.Fatal(err)
		}
	}
	err = k.person.Ask(t.Context(), k.servers[0].URL, `mutation { declare(records: [{unit: {id: "unit/kg", label: "kilogram", symbol: "kg", omUnitIdentifier: "kilogram"}},
		{resourceSpecification: {id: "spec/yarn", name: "Yarn", defaultUnitOfResource: "unit/kg"}}, {organization: {id: "agent/mill", name: "Mill"}}], key: "begin") { sequence } }`, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// run has clients act and others follow while servers are killed; which says who is
// killed the nth time.
func (k *killing) run(which func(n int) int) {
	ctx, cancel := context.WithTimeout(k.t.Context(), 10*time.Minute)
	defer cancel()
	var following sync.WaitGroup
	for i := range 2 {
		w := &watching{entries: map[int64]string{}, last: -1}
		k.followers = append(k.followers, w)
		f := &webtest.Follower{Person: k.person, Query: `subscription { changes(after: "0") { from to whole acts { sequence records { id } } } }`,
			Each: w.hear, Server: func(try int) string { return k.servers[(i+try)%len(k.servers)].URL }}
		following.Go(func() {
			if err := f.Run(ctx); err != nil {
				k.t.Errorf("a follower was refused: %v", err)
				cancel()
			}
			w.again = f.Again
		})
	}
	var end atomic.Bool
	var acting sync.WaitGroup
	for client := range 4 {
		acting.Go(func() {
			for n := 0; !end.Load() && ctx.Err() == nil; n++ {
				k.act(ctx, client, fmt.Sprintf("act-%d-%d", client, n))
			}
		})
	}
	for n := range kills() {
		time.Sleep(time.Duration(k.dice.Int64N(int64(300 * time.Millisecond))))
		s := k.servers[which(n)]
		s.Kill()
		if err := s.Again(); err != nil {
			k.t.Error(err)
			break
		}
	}
	time.Sleep(200 * time.Millisecond)
	end.Store(true)
	acting.Wait()
	last := k.last(ctx)
	for _, w := range k.followers {
		for w.upTo() < last && ctx.Err() == nil {
			time.Sleep(20 * time.Millisecond)
		}
	}
	cancel()
	following.Wait()
	for _, s := range k.servers {
		if err := s.Stop(); err != nil {
			k.t.Error(err)
		}
	}
}

// act enters one act, and sends it again with the same key until it is acknowledged.
func (k *killing) act(ctx context.Context, client int, key string) {
	var answer struct {
		CreateIntent struct {
			Result struct {
				Sequence string
				Repeated bool
			}
		}
	}
	for try := 0; ctx.Err() == nil; try++ {
		err := k.person.Ask(ctx, k.servers[(client+try)%len(k.servers)].URL, `mutation ($key: ID!) { createIntent(intent: {action: "transfer", receiver: "agent/mill",
			resourceConformsTo: "spec/yarn", resourceQuantity: {hasNumericalValue: 1, hasUnit: "unit/kg"}, due: "2027-06-01T00:00:00Z"}, key: $key) { result { sequence repeated } } }`,
			map[string]any{"key": key}, &answer)
		if code := webtest.Code(err); code != "" && code != "outcomeUnknown" && code != "faultInside" && code != "stopped" {
			k.t.Errorf("%s: %v", key, err)
			return
		}
		if err != nil {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		r := answer.CreateIntent.Result
		sequence, err := strconv.ParseInt(r.Sequence, 10, 64)
		if err != nil {
			k.t.Error(err)
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.told[key] = sequence
		if try > 0 {
			k.uncertain++
		}
		if r.Repeated {
			k.found++
		}
		return
	}
}

// last is the last entry of the journal.
func (k *killing) last(ctx context.Context) int64 {
	var last int64
	for _, at := range k.told {
		last = max(last, at)
	}
	if last == 0 || ctx.Err() != nil {
		k.t.Error("nothing was acknowledged")
	}
	return last
}

// judge compares the journal with what clients were told.
func (k *killing) judge(books ...string) {
	k.t.Helper()
	call := func(args ...string) string {
		out, err := exec.Command(k.program, append(append([]string{}, books...), args...)...).CombinedOutput()
		if err != nil {
			k.t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	at := map[string][]int64{}
	records := map[int64]string{}
	for line := range strings.Lines(call("journal", "--json")) {
		var e struct {
			Sequence int64 `json:"sequence"`
			Act      struct {
				Key     string `json:"key"`
				Records []struct {
					ID string `json:"@id"`
				} `json:"records"`
			} `json:"act"`
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			k.t.Fatal(err)
		}
		at[e.Act.Key] = append(at[e.Act.Key], e.Sequence)
		if len(e.Act.Records) > 0 {
			records[e.Sequence] = e.Act.Records[0].ID
		}
	}
	for key, told := range k.told {
		if got := at[key]; len(got) != 1 || got[0] != told {
			k.t.Errorf("%s was acknowledged at %d and is in the journal at %v", key, told, got)
		}
		delete(at, key)
	}
	for key, where := range at {
		if strings.HasPrefix(key, "act-") || len(where) > 1 {
			k.t.Errorf("%s is in the journal at %v, and nobody was told so", key, where)
		}
	}
	for i, w := range k.followers {
		w.judge(k.t, i, records, k.last(k.t.Context()))
	}
	call("verify")
	k.t.Logf("%d acts acknowledged; of %d the outcome was unknown, and of these %d had been entered; followers came again %d and %d times",
		len(k.told), k.uncertain, k.found, k.followers[0].again, k.followers[1].again)
}

// watching is what a follower heard.
type watching struct {
	mu      sync.Mutex
	entries map[int64]string // the first record of each
	last    int64
	again   int
	faults  []string
}

// hear takes one event.
func (w *watching) hear(e webtest.Event) {
	if e.Kind != "next" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var said struct {
		Data struct {
			Changes struct {
				From  string `json:"from"`
				To    string `json:"to"`
				Whole bool   `json:"whole"`
				Acts  []struct {
					Sequence string `json:"sequence"`
					Records  []struct {
						ID string `json:"id"`
					} `json:"records"`
				} `json:"acts"`
			} `json:"changes"`
		} `json:"data"`
	}
	if err := json.Unmarshal(e.Data, &said); err != nil || said.Data.Changes.To == "" {
		w.faults = append(w.faults, fmt.Sprintf("%v: %s", err, e.Data))
		return
	}
	c := said.Data.Changes
	from, _ := strconv.ParseInt(c.From, 10, 64)
	to, _ := strconv.ParseInt(c.To, 10, 64)
	if w.last >= 0 && from != w.last {
		w.faults = append(w.faults, fmt.Sprintf("up to %d was told, and then from %d on", w.last, from))
	}
	w.last = to
	if !c.Whole { // a catch-up marker: the rest is asked for by those who want it
		for i := from + 1; i <= to; i++ {
			w.entries[i] = ""
		}
		return
	}
	for _, a := range c.Acts {
		sequence, _ := strconv.ParseInt(a.Sequence, 10, 64)
		if _, heard := w.entries[sequence]; heard {
			w.faults = append(w.faults, fmt.Sprintf("entry %d was told twice", sequence))
		}
		w.entries[sequence] = "none"
		if len(a.Records) > 0 {
			w.entries[sequence] = a.Records[0].ID
		}
	}
}

func (w *watching) upTo() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// judge compares what a follower heard with the journal.
func (w *watching) judge(t *testing.T, i int, records map[int64]string, last int64) {
	t.Helper()
	for _, fault := range w.faults {
		t.Errorf("follower %d: %s", i, fault)
	}
	for sequence := int64(1); sequence <= last; sequence++ {
		got, heard := w.entries[sequence]
		if !heard {
			t.Errorf("follower %d did not hear of entry %d", i, sequence)
		} else if sequence > 2 && got != "" && got != records[sequence] {
			t.Errorf("follower %d heard of %s in entry %d, which has %s", i, got, sequence, records[sequence])
		}
	}
}
