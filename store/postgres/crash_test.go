package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"commonweal/store"
)

// childAddress is the variable that makes this test binary a process that waits
// for the lead and then writes, to be killed.
const childAddress = "COMMONWEAL_LEADER_ADDRESS"

func TestMain(m *testing.M) {
	if address := os.Getenv(childAddress); address != "" {
		for {
			if err := leadUntilKilled(address); err != nil && !errors.Is(err, store.ErrConflict) {
				fmt.Println("error:", err)
				os.Exit(1)
			}
		}
	}
	os.Exit(m.Run())
}

// leadUntilKilled writes one act after the other and says each that is
// acknowledged.
func leadUntilKilled(address string) error {
	ctx := context.Background()
	c, err := lead(ctx, address)
	if err != nil {
		return err
	}
	defer c.store.Close()
	fmt.Println("leads")
	for {
		n := c.books.State.Size()
		if err := c.do(ctx, new(testing.T), strconv.FormatInt(n, 10)); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

// process is one of several on a database.
type process struct{ cmd *exec.Cmd }

// crowd is several processes on one database, and what they acknowledged.
type crowd struct {
	t       *testing.T
	address string
	mu      sync.Mutex
	done    map[int]bool // the acts that anyone acknowledged
	last    int          // the last of them
	leader  *process
	all     []*process
	wait    sync.WaitGroup
}

// start adds a process to the crowd.
func (c *crowd) start() {
	p := &process{cmd: exec.Command(os.Args[0], "-test.run=^$")}
	p.cmd.Env = append(os.Environ(), childAddress+"="+c.address)
	out, err := p.cmd.StdoutPipe()
	must(c.t, err)
	must(c.t, p.cmd.Start())
	c.all = append(c.all, p)
	c.wait.Go(func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			c.hear(p, lines.Text())
		}
		_ = p.cmd.Wait()
	})
}

// hear takes one line that a process said.
func (c *crowd) hear(p *process, line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, err := strconv.Atoi(line)
	switch {
	case line == "leads":
		c.leader = p
	case err != nil:
		c.t.Errorf("a process said %q", line)
	case c.done[n]:
		c.t.Errorf("act %d was acknowledged twice: two have led at once", n)
	default:
		c.done[n], c.last = true, max(c.last, n)
	}
}

func (c *crowd) state() (leader *process, last int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leader, c.last
}

// TestTheLeaderIsKilled keeps three processes on one database and kills the one
// that leads, again and again: another goes on each time, nothing acknowledged
// is lost, nothing is doubled.
func TestTheLeaderIsKilled(t *testing.T) {
	t.Parallel()
	kills := 10
	if os.Getenv("COMMONWEAL_SOAK") != "" {
		kills = 500
	}
	dice := rand.New(rand.NewPCG(3, 4))
	c := &crowd{t: t, address: created(t), done: map[int]bool{}, last: -1}
	for range 3 {
		c.start()
	}
	defer c.end()
	for range kills {
		c.acted()
		leader, _ := c.state()
		time.Sleep(time.Duration(dice.IntN(20000)) * time.Microsecond)
		must(t, leader.cmd.Process.Kill())
		c.start()
		for next, _ := c.state(); next == leader; next, _ = c.state() {
			time.Sleep(time.Millisecond)
		}
	}
	c.acted()
	c.end()
	_, last := c.state()
	t.Logf("%d acts acknowledged while %d leaders were killed", len(c.done), kills)
	checkKeys(t, c.address, last, 1)
}

// acted waits until the one who leads now has done something.
func (c *crowd) acted() {
	_, before := c.state()
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		if leader, last := c.state(); leader != nil && last > before {
			return
		}
		if time.Since(began) > time.Minute {
			c.t.Fatal("nobody has acted for a minute")
		}
	}
}

// end kills all who are left.
func (c *crowd) end() {
	for _, p := range c.all {
		_ = p.cmd.Process.Kill() // it may be dead already
	}
	c.wait.Wait()
}
