package postgres_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"commonweal/store"
	"commonweal/store/postgres"
	"commonweal/store/postgres/pgtest"
)

// wire is what stands between a store and its database, and breaks all
// connections when the n-th message comes along, before or after it has arrived.
type wire struct {
	to       string
	failAt   int64 // 0 never
	arrives  bool  // the message that breaks the wire arrives, its answer does not
	listener net.Listener
	messages atomic.Int64
	broken   atomic.Bool
	mu       sync.Mutex
	open     []net.Conn
	wait     sync.WaitGroup
}

var hostPort = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// strung puts a wire before the database of an address, and returns the address
// to be used instead.
func strung(t *testing.T, address string, failAt int64, arrives bool) (*wire, string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	w := &wire{to: hostPort.FindString(address), failAt: failAt, arrives: arrives, listener: l}
	w.wait.Go(w.accept)
	return w, hostPort.ReplaceAllString(address, l.Addr().String())
}

func (w *wire) accept() {
	for {
		c, err := w.listener.Accept()
		if err != nil {
			return
		}
		s, err := net.Dial("tcp", w.to)
		if err != nil || w.broken.Load() {
			_ = c.Close()
			continue
		}
		w.mu.Lock()
		w.open = append(w.open, c, s)
		w.mu.Unlock()
		w.wait.Go(func() { w.carry(c, s) })
		w.wait.Go(func() { _, _ = io.Copy(c, s) })
	}
}

// carry passes on what the store sends.
func (w *wire) carry(from, to net.Conn) {
	buffer := make([]byte, 1<<20)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			_ = to.Close()
			return
		}
		at := w.messages.Add(1)
		if w.failAt == 0 || at < w.failAt {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
			continue
		}
		if at == w.failAt {
			w.cut(from, to, buffer[:n])
		}
		return
	}
}

// cut breaks all connections. Where the message is to arrive, the store's side
// is broken first, so that no answer comes through.
func (w *wire) cut(from, to net.Conn, message []byte) {
	w.broken.Store(true)
	_ = from.Close()
	if w.arrives {
		_, _ = to.Write(message)
		time.Sleep(30 * time.Millisecond) // the server works on it before it sees that nobody is there
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.open {
		_ = c.Close()
	}
}

func (w *wire) close() {
	_ = w.listener.Close()
	w.mu.Lock()
	for _, c := range w.open {
		_ = c.Close()
	}
	w.mu.Unlock()
	w.wait.Wait()
}

// TestBrokenWires breaks the connections at each single message in turn, while a
// store is opened and acts are appended; without COMMONWEAL_SOAK at every second.
// What was acknowledged is there, each act
// once; only what may have been written is answered as unknown.
func TestBrokenWires(t *testing.T) {
	t.Parallel()
	for _, arrives := range []bool{false, true} {
		t.Run(fmt.Sprint("arrives ", arrives), func(t *testing.T) {
			t.Parallel()
			address := pgtest.URL(t)
			unknown, step := 0, int64(1)
			if os.Getenv("COMMONWEAL_SOAK") == "" {
				step = 2
			}
			n := int64(1)
			if arrives {
				n = step - 1
			}
			for ; ; n += step {
				broken, lost := breakAt(t, address, n, arrives)
				if lost {
					unknown++
				}
				if !broken {
					break
				}
			}
			t.Logf("of %d messages, %d of those broken left the outcome unknown", n-1, unknown)
			if n < 20 || unknown < 1 || step == 1 && unknown < acts {
				t.Errorf("only %d messages broken, %d of them commits: the test tries too little", n-1, unknown)
			}
		})
	}
}

// acts is how many acts are tried on a wire that breaks.
const acts = 4

// breakAt breaks the wire at one message; lost says that an act was answered as unknown.
func breakAt(t *testing.T, address string, n int64, arrives bool) (broken, lost bool) {
	t.Helper()
	ctx := t.Context()
	address = fmt.Sprintf("%s&network=n%d", address, n)
	s, err := postgres.Create(ctx, address, postgres.Options{})
	must(t, err)
	must(t, s.Close())
	w, through := strung(t, address, n, arrives)
	defer w.close()
	done, surely := 0, true
	c, err := lead(ctx, through)
	if err == nil {
		for ; done < acts; done++ {
			if err = c.do(ctx, t, strconv.Itoa(done)); err != nil {
				break
			}
		}
		surely = !errors.Is(err, store.ErrUnknown)
		if !surely {
			if again := c.store.Append(ctx, store.Batch{}); !errors.Is(again, store.ErrStopped) {
				t.Errorf("message %d: after an unknown outcome the store answered with %v", n, again)
			}
		}
		must(t, c.store.Close())
	}
	if err != nil && strings.Contains(err.Error(), pgtest.Password) {
		t.Errorf("message %d: the password is in %v", n, err)
	}
	if c, err = lead(ctx, address); err != nil {
		t.Fatalf("message %d: it does not open again: %v", n, err)
	}
	if size := int(c.books.State.Size()); size != done && (surely || size != done+1) {
		t.Errorf("message %d: %d acts were acknowledged, %d are there; surely not written: %v", n, done, size, surely)
	}
	for k := range acts {
		must(t, c.do(ctx, t, strconv.Itoa(k)))
	}
	must(t, c.store.Close())
	checkKeys(t, address, acts-1, 0)
	return w.broken.Load(), !surely
}

// TestTheServerIsKilled kills the database server under a writer and starts it
// again: what was acknowledged is there.
func TestTheServerIsKilled(t *testing.T) {
	t.Parallel()
	lives := 3
	if os.Getenv("COMMONWEAL_SOAK") != "" {
		lives = 100
	}
	ctx, cluster := t.Context(), pgtest.Start(t)
	address := cluster.URL(t)
	s, err := postgres.Create(ctx, address, postgres.Options{})
	must(t, err)
	must(t, s.Close())
	var acknowledged atomic.Int64
	for life := range lives {
		c, err := lead(ctx, address)
		must(t, err)
		ended := make(chan struct{})
		before := acknowledged.Load()
		go func() {
			defer close(ended)
			for n := before; c.do(ctx, t, strconv.FormatInt(n, 10)) == nil; n++ {
				acknowledged.Store(n + 1)
			}
		}()
		for acknowledged.Load() < before+10+int64(life) {
			time.Sleep(time.Millisecond)
		}
		cluster.Kill(t)
		<-ended
		must(t, c.store.Close())
		cluster.Again(t)
		checkKeys(t, address, int(acknowledged.Load())-1, 1)
	}
	t.Logf("%d acts acknowledged in %d lives of the server", acknowledged.Load(), lives)
}

// TestACommitThatIsNotWhereItShouldBe cancels the waiting for another machine to
// have the commit: the server says yes with a warning, which is no yes.
func TestACommitThatIsNotWhereItShouldBe(t *testing.T) {
	t.Parallel()
	ctx, cluster := t.Context(), pgtest.Start(t)
	address := cluster.URL(t)
	s, err := postgres.Create(ctx, address, postgres.Options{})
	must(t, err)
	must(t, s.Close())
	c, err := lead(ctx, address)
	must(t, err)
	must(t, c.do(ctx, t, "0"))
	cluster.Do(t, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
	cluster.Do(t, "SELECT pg_reload_conf()")
	time.Sleep(200 * time.Millisecond) // the server's processes hear of it one by one
	answer := make(chan error)
	go func() { answer <- c.do(ctx, t, "1") }()
	for waiting := true; waiting; {
		select {
		case err = <-answer:
			waiting = false
		case <-time.After(50 * time.Millisecond):
			cluster.Do(t, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
		}
	}
	if !errors.Is(err, store.ErrUnknown) {
		t.Errorf("a commit that is on one machine only was answered with %v", err)
	}
	cluster.Do(t, "ALTER SYSTEM RESET synchronous_standby_names")
	cluster.Do(t, "SELECT pg_reload_conf()")
	must(t, c.store.Close())
	checkKeys(t, address, 0, 1)
}

// TestManyAppendsShareACommit counts the transactions that many Appends take.
func TestManyAppendsShareACommit(t *testing.T) {
	t.Parallel()
	ctx, address := t.Context(), pgtest.URL(t)
	s, err := postgres.Create(ctx, address, postgres.Options{})
	must(t, err)
	defer s.Close()
	const appends = 400
	start := make(chan struct{})
	var wait sync.WaitGroup
	for n := range appends {
		wait.Go(func() {
			<-start
			if err := s.Append(ctx, store.Batch{Views: []store.Put{{View: "v", Key: strconv.Itoa(n), Value: []byte("x")}}}); err != nil {
				t.Error(err)
			}
		})
	}
	close(start)
	wait.Wait()
	conn, err := pgx.Connect(ctx, address)
	must(t, err)
	defer conn.Close(ctx)
	var took int // each row names the transaction that put it
	must(t, conn.QueryRow(ctx, "SELECT COUNT(DISTINCT xmin::text) FROM commonweal_main.view_row").Scan(&took))
	t.Logf("%d appends took %d transactions", appends, took)
	if took == 0 || took > appends/2 {
		t.Errorf("%d appends that waited together took %d transactions", appends, took)
	}
}

// TestAnAppendIsTwoMessages counts what goes to the database: all that is written, then
// the commit. The lead asks once a second whether its connection lives; of five Appends one
// is without.
func TestAnAppendIsTwoMessages(t *testing.T) {
	t.Parallel()
	ctx, address := t.Context(), pgtest.URL(t)
	s, err := postgres.Create(ctx, address, postgres.Options{})
	must(t, err)
	must(t, s.Close())
	w, through := strung(t, address, 0, false)
	defer w.close()
	c, err := lead(ctx, through)
	must(t, err)
	must(t, c.do(ctx, t, "0")) // statements are prepared with the first
	fewest := int64(100)
	for n := range 5 {
		before := w.messages.Load()
		must(t, c.store.Append(ctx, store.Batch{Views: []store.Put{{View: "v", Key: strconv.Itoa(n), Value: []byte("x")}}}))
		if n > 0 {
			fewest = min(fewest, w.messages.Load()-before)
		}
	}
	must(t, c.store.Close())
	if fewest != 2 {
		t.Errorf("an Append took %d messages; want 2", fewest)
	}
}

// TestARefusedBatchHarmsNoOther puts a key that is too long for the database
// beside others: it alone is refused, and the store goes on.
func TestARefusedBatchHarmsNoOther(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, err := postgres.Create(ctx, pgtest.URL(t), postgres.Options{})
	must(t, err)
	defer s.Close()
	var noise strings.Builder // that does not get shorter by being packed
	for n := 0; noise.Len() < 9000; n++ {
		fmt.Fprintf(&noise, "%x", uint32(n*n*2654435761))
	}
	var wait sync.WaitGroup
	for n := range 50 {
		wait.Go(func() {
			key := strconv.Itoa(n)
			if n == 25 {
				key = noise.String()
			}
			err := s.Append(ctx, store.Batch{Views: []store.Put{{View: "v", Key: key, Value: []byte("x")}}})
			if (n == 25) != (err != nil) || errors.Is(err, store.ErrUnknown) {
				t.Errorf("batch %d was answered with %v", n, err)
			}
		})
	}
	wait.Wait()
	rows := 0
	must(t, s.Scan(ctx, "v", func(string, []byte) error { rows++; return nil }))
	if rows != 49 {
		t.Errorf("%d rows of 49", rows)
	}
}
