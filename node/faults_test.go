package node_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/store/sqlite"
	"commonweal/vf"
)

// TestAFaultTellsNobodyThatAnActWasEntered has the program fail at one of three acts
// that share a transaction: none of them is in the books, and nobody is told so.
func TestAFaultTellsNobodyThatAnActWasEntered(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	entered, goOn := make(chan struct{}), make(chan struct{})
	cancel := b.Subscribe(func(node.Change) { close(entered); <-goOn })
	var wait sync.WaitGroup
	act := func(name string, progress func(int, int)) (err error) {
		defer func() {
			if fault := recover(); fault != nil {
				err = errors.New("the fault itself")
			}
		}()
		_, err = b.Do(context.Background(), node.Act{Kind: journal.Declare, Author: "agent/wool", Key: name, Records: []vf.Record{yarn("need/"+name, "agent/bob")}, Progress: progress})
		return err
	}
	wait.Go(func() { _ = act("first", nil) })
	<-entered
	cancel()
	answers := make([]error, 3)
	for i := range answers {
		progress := func(int, int) {}
		if i == 1 {
			progress = func(int, int) { panic("a fault of the program") }
		}
		wait.Go(func() { answers[i] = act(fmt.Sprint(i), progress) })
	}
	time.Sleep(50 * time.Millisecond) // they wait by now; where they do not, each is answered by itself
	close(goOn)
	wait.Wait()
	for i, err := range answers {
		if r, _ := b.Record(vf.ID(fmt.Sprint("need/", i))); (r != nil) != (err == nil) {
			t.Errorf("act %d got the answer %v, and in the books is %v", i, err, r)
		}
	}
	if err := act("again", nil); err != nil {
		t.Errorf("after it: %v", err)
	}
	b.sound()
}

// byTurns is a store that several processes write by turns, with faults.
type byTurns struct {
	store.Store
	mu        sync.Mutex
	lead      chan struct{} // nil while it does not lead
	turns     int           // begun
	away      bool
	ended     int
	asked     int // whether others wait
	wanted    bool
	conflicts int   // answers of Append to come
	answer    error // what they are, store.ErrConflict if nil
	unread    int   // failures of Entries to come
	mark      func([]byte) []byte
	sizes     chan int64
}

func (s *byTurns) Lead(context.Context) (int64, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return 0, nil, fmt.Errorf("dialing the database: %w", context.DeadlineExceeded)
	}
	if s.lead == nil {
		s.turns++
		s.lead = make(chan struct{})
	}
	return int64(s.turns), s.lead, nil
}

func (s *byTurns) Wanted(context.Context) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	return s.wanted, nil
}

func (s *byTurns) Resign() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lead != nil {
		s.ended++
		s.lead = nil
	}
}

func (s *byTurns) Follow(ctx context.Context, f func(int64), _ func(error)) error {
	for {
		select {
		case size := <-s.sizes:
			f(size)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// one takes one of what is to come.
func (s *byTurns) one(of *int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	*of--
	return *of >= 0
}

func (s *byTurns) Append(ctx context.Context, b store.Batch) error {
	if s.one(&s.conflicts) {
		return cmp.Or(s.answer, store.ErrConflict)
	}
	return s.Store.Append(ctx, b)
}

func (s *byTurns) Entries(ctx context.Context, from int64, f func(int64, []byte) error) error {
	if s.one(&s.unread) {
		return errors.New("the connection broke")
	}
	return s.Store.Entries(ctx, from, f)
}

func (s *byTurns) Get(ctx context.Context, view, key string) ([]byte, error) {
	raw, err := s.Store.Get(ctx, view, key)
	if view == "mark" && s.mark != nil {
		raw = s.mark(raw)
	}
	return raw, err
}

// kept is a store that is not closed.
type kept struct{ store.Store }

func (kept) Close() error { return nil }

// shared are the books of b, opened as one of several processes does.
func shared(t *testing.T, b *books) (*byTurns, *node.Node) {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := sqlite.Open(context.Background(), b.path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &byTurns{Store: file, sizes: make(chan int64)}
	n, err := node.Share(context.Background(), s, func(context.Context) (store.Store, error) { return kept{file}, nil }, b.options(), nil)
	if err != nil {
		t.Fatal(err)
	}
	b.Node = n
	return s, n
}

// TestAnActIsDecidedAnewAsItWasSent erases a person from her own seat, where another
// process got in between: the notes that went with her at the first try are not
// taken for what she asked for at the second.
func TestAnActIsDecidedAnewAsItWasSent(t *testing.T) {
	t.Parallel()
	b := inhabited(t)
	b.do(node.Act{Kind: journal.Declare, Key: "bob", Records: []vf.Record{&vf.Agent{ID: "agent/bert", Type: "Person", Name: "Bert"}}})
	b.member("agent/bert", "member", "")
	need := yarn("need/bert", "agent/bert")
	need.Note = "for my niece"
	b.may("agent/bert", node.Act{Kind: journal.Declare, Key: "need", Records: []vf.Record{need}})
	s, n := shared(t, b)
	s.conflicts = 1
	r, err := n.Seat(node.Actor{Agent: "agent/bert"}).Do(context.Background(), node.Act{Kind: journal.Erase, Key: "forget", Of: []vf.ID{"agent/bert"}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := n.Pick(context.Background(), []int64{r[0].Sequence})
	if err != nil {
		t.Fatal(err)
	}
	entry, err := journal.Decode(e[r[0].Sequence])
	if err != nil || len(entry.Act.Of) != 2 {
		t.Errorf("erased were %v %v, want the person and the note", entry.Act.Of, err)
	}
}

// TestATurnWithoutWhatWasWrittenBefore has the reading fail when a turn begins: the
// turn is given back, so that others may act, and nothing is decided in it.
func TestATurnWithoutWhatWasWrittenBefore(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	s, n := shared(t, b)
	s.unread = 1
	act := node.Act{Kind: journal.Declare, Author: "agent/wool", Key: "1", Records: []vf.Record{yarn("need/1", "agent/bob")}}
	if _, err := n.Do(context.Background(), act); err == nil {
		t.Error("an act was decided on what could not be read")
	}
	if s.mu.Lock(); s.turns != 1 || s.ended != 1 {
		t.Errorf("of %d turns %d ended", s.turns, s.ended)
	}
	s.mu.Unlock()
	if _, err := n.Do(context.Background(), act); err != nil {
		t.Error(err)
	}
}

// TestALongTurnGoesOnWhileNobodyWaits has a turn that is long after each act: it is asked
// whether others wait, and ends where they do.
func TestALongTurnGoesOnWhileNobodyWaits(t *testing.T) {
	t.Parallel()
	s, n := shared(t, stocked(t))
	n.TurnsLast(time.Hour, 0)
	for i := range 4 {
		s.mu.Lock()
		s.wanted = i == 2
		s.mu.Unlock()
		id := strconv.Itoa(i)
		if _, err := n.Do(context.Background(), node.Act{Kind: journal.Declare, Author: "agent/wool", Key: id, Records: []vf.Record{yarn("need/"+id, "agent/bob")}}); err != nil {
			t.Fatal(err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.turns != 2 || s.ended != 1 || s.asked != 4 {
		t.Errorf("%d turns, %d ended, asked %d times; want 2, of which the first ended after the third act, and 4", s.turns, s.ended, s.asked)
	}
}

// TestADatabaseThatDoesNotAnswer is not told as another server that keeps its turn.
func TestADatabaseThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	s, n := shared(t, stocked(t))
	s.away = true
	_, err := n.Do(context.Background(), node.Act{Kind: journal.Declare, Author: "agent/wool", Key: "1", Records: []vf.Record{yarn("need/1", "agent/bob")}})
	if err == nil || isRefused(err, "noTurn") {
		t.Errorf("the answer is %v", err)
	}
}

// TestADatabaseThatEndsOtherwise has a database that went on without what it had
// acknowledged, and one to which another version of the program writes.
func TestADatabaseThatEndsOtherwise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		mark    func([]byte) []byte
		stopped bool
		newer   bool
	}{
		{"another entry in the place of the last", func(raw []byte) []byte {
			var m map[string]map[string]json.RawMessage
			_ = json.Unmarshal(raw, &m) // the layout is no object, and left as it is
			last := m["journal"]["last"]
			return bytes.Replace(raw, last, []byte(`"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="`), 1)
		}, true, false},
		{"fewer entries", func(raw []byte) []byte { return bytes.Replace(raw, []byte(`"size":`), []byte(`"size":1`), 1) }, true, false},
		{"an older version", func(raw []byte) []byte { return bytes.Replace(raw, []byte(`"layout":`), []byte(`"layout":-`), 1) }, true, false},
		{"a newer version", func(raw []byte) []byte { return bytes.Replace(raw, []byte(`"layout":`), []byte(`"layout":9`), 1) }, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := stocked(t)
			s, n := shared(t, b)
			s.mark = c.mark
			act := node.Act{Kind: journal.Declare, Author: "agent/wool", Key: "1", Records: []vf.Record{yarn("need/1", "agent/bob")}}
			for range 2 { // and it stays so
				_, err := n.Do(context.Background(), act)
				var r *rule.Refusal
				if stopped := errors.Is(err, store.ErrStopped); stopped != c.stopped || (n.Stopped() != nil) != c.stopped {
					t.Errorf("the answer is %v, and the books say %v", err, n.Stopped())
				}
				if newer := errors.As(err, &r) && r.Rule == "storeNewer"; newer != c.newer {
					t.Errorf("the answer is %v", err)
				}
			}
			if s.mu.Lock(); s.turns != s.ended {
				t.Errorf("of %d turns %d ended", s.turns, s.ended)
			}
			s.mu.Unlock()
		})
	}
}

// TestWhatOthersWroteIsReadInTheEnd has the first reading of what another process
// wrote fail; the store tells of it once.
func TestWhatOthersWroteIsReadInTheEnd(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	s, n := shared(t, b)
	before := n.Journal().Size()
	other := node.Act{Kind: journal.Declare, Author: "agent/wool", Key: "other", Records: []vf.Record{yarn("need/other", "agent/bob")}}
	writer, err := node.Open(context.Background(), kept{s.Store}, b.options())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Do(context.Background(), other); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.unread = 1
	s.mu.Unlock()
	s.sizes <- before + 1
	if !reaches(n, before+1) {
		t.Error("the other's act was never read")
	}
}

// An entry of another process that cannot be entered is damage of the store, and is not told
// to who acts as a refusal of what they sent.
func TestWhatOthersWroteAndNobodyCanEnter(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	s, n := shared(t, b)
	damaged := &changed{Store: s.Store, at: n.Journal().Size()}
	s.Store = damaged
	writer, err := node.Open(context.Background(), kept{damaged.Store}, b.options())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Do(context.Background(), node.Act{Kind: journal.Record, Key: "other", Author: "agent/wool", Records: []vf.Record{consume("event/other", "1")}}); err != nil {
		t.Fatal(err)
	}
	var r *rule.Refusal
	_, err = n.Do(context.Background(), node.Act{Kind: journal.Record, Key: "mine", Author: "agent/wool", Records: []vf.Record{consume("event/mine", "1")}})
	if !errors.As(err, &r) || r.Rule != "storeDamaged" {
		t.Errorf("the act was answered with %v", err)
	}
}

// A process that loses its turn while it makes the views of an older version anew makes them
// again, and does not go on without.
func TestViewsAreMadeAnewThoughTheTurnIsLost(t *testing.T) {
	t.Parallel()
	for _, lost := range []error{store.ErrConflict, store.ErrReadOnly} {
		b := stocked(t)
		if err := b.Store().Append(t.Context(), store.Batch{Clear: []string{"key"}, Views: []store.Put{{View: "mark", Key: "mark", Value: []byte(`{"layout":3}`)}}}); err != nil {
			t.Fatal(err)
		}
		s := &byTurns{Store: b.Store(), conflicts: 1, answer: lost, sizes: make(chan int64)}
		n, err := node.Share(t.Context(), s, func(context.Context) (store.Store, error) { return kept{b.Store()}, nil }, b.options(), nil)
		if err != nil {
			t.Fatal(err)
		}
		b.Node = n
		again := node.Act{Kind: journal.Record, Key: "spun", Records: []vf.Record{consume("event/spun", "1")}}
		b.do(again)
		b.sound()
	}
}

// Books and backups that an older version of the program wrote are sound: their views are
// made anew when they are next opened. Those of a newer one are not known.
func TestViewsOfAnOlderVersionAreNoDamage(t *testing.T) {
	t.Parallel()
	b := stocked(t)
	write := func(layout string) {
		t.Helper()
		if err := b.Store().Append(t.Context(), store.Batch{Clear: []string{"key"}, Views: []store.Put{
			{View: "mark", Key: "mark", Value: []byte(`{"layout":` + layout + `}`)}, {View: "record", Key: "spec/wool", Value: []byte("as it was")}}}); err != nil {
			t.Fatal(err)
		}
	}
	write("3")
	if list, err := node.Check(t.Context(), b.Store(), nil); err != nil || len(list) > 0 {
		t.Errorf("of an older version: %v %v", list, err)
	}
	write("1000")
	if list, err := node.Check(t.Context(), b.Store(), nil); err != nil || len(list) == 0 {
		t.Errorf("of a newer version: %v %v", list, err)
	}
	write("3")
	b.Node = b.open2()
	b.sound()
}
