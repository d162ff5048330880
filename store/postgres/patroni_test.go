package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"commonweal/store"
	"commonweal/store/postgres"
	"commonweal/store/postgres/pgtest"
)

// guide is the page that says how to set up machines of which one may break.
const guide = "../../doc/high-availability.md"

// configuration is what the guide says to put on each machine.
func configuration(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(guide)
	must(t, err)
	_, rest, _ := strings.Cut(string(raw), "```yaml\n")
	text, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("the guide has no block of settings")
	}
	return text
}

// TestTheGuideKeepsItsPromise checks that the settings of the guide wait for
// another machine; with COMMONWEAL_SOAK it sets up three machines as it says,
// kills the one in charge again and again, and looks for each acknowledged act.
func TestTheGuideKeepsItsPromise(t *testing.T) {
	t.Parallel()
	var settings struct {
		Bootstrap struct {
			DCS struct {
				Synchronous bool `yaml:"synchronous_mode"`
				Strict      bool `yaml:"synchronous_mode_strict"`
			} `yaml:"dcs"`
		} `yaml:"bootstrap"`
	}
	must(t, yaml.Unmarshal([]byte(configuration(t)), &settings))
	if !settings.Bootstrap.DCS.Synchronous || !settings.Bootstrap.DCS.Strict {
		t.Error("with the settings of the guide a commit may be on one machine alone")
	}
	if os.Getenv("COMMONWEAL_SOAK") != "" {
		c := setUp(t)
		c.kill(t, 10)
	}
}

// machines are three machines on one, as in the guide.
type machines struct {
	address string
	list    []*machine
}

// machine is one of them.
type machine struct {
	name, config, data string
	port, api          int
	patroni            *pgtest.Program
}

var capitals = regexp.MustCompile(`\b[A-Z]+(_[A-Z]+)*\b`)

// setUp sets up and starts everything, with a network in a database.
func setUp(t *testing.T) *machines {
	t.Helper()
	folder, err := pgtest.Folder(t)
	must(t, err)
	client, peer := free(t), free(t)
	etcd := fmt.Sprintf("http://127.0.0.1:%d", client)
	_, err = pgtest.Run(t, filepath.Join(folder, "etcd.log"), "etcd", "--data-dir", filepath.Join(folder, "etcd"), "--listen-client-urls", etcd,
		"--advertise-client-urls", etcd, "--listen-peer-urls", fmt.Sprintf("http://127.0.0.1:%d", peer))
	must(t, err)
	c := &machines{}
	var hosts []string
	for _, name := range []string{"one", "two", "three"} {
		m := &machine{name: name, port: free(t), api: free(t), data: filepath.Join(folder, name), config: filepath.Join(folder, name+".yml")}
		values := map[string]string{
			"NAME": name, "ADDRESS": "127.0.0.1", "API_PORT": strconv.Itoa(m.api), "PORT": strconv.Itoa(m.port), "ETCD_HOSTS": fmt.Sprintf("127.0.0.1:%d", client),
			"DATA": m.data, "SOCKETS": folder, "NETWORK": "127.0.0.1/32",
			"SUPERUSER_PASSWORD": pgtest.Password, "REPLICATION_PASSWORD": pgtest.Password, "REWIND_PASSWORD": pgtest.Password,
		}
		text := capitals.ReplaceAllStringFunc(configuration(t), func(word string) string {
			if value, ok := values[word]; ok {
				return value
			}
			return word
		})
		must(t, os.WriteFile(m.config, []byte(text), 0o644))
		c.list = append(c.list, m)
		hosts = append(hosts, fmt.Sprintf("127.0.0.1:%d", m.port))
		m.start(t)
	}
	c.address = fmt.Sprintf("postgres://postgres:%s@%s/postgres?sslmode=disable", pgtest.Password, strings.Join(hosts, ","))
	t.Cleanup(func() {
		for _, m := range c.list {
			m.kill(t)
		}
	})
	c.settle(t)
	for began := time.Now(); ; time.Sleep(time.Second) {
		s, err := postgres.Create(t.Context(), c.address, postgres.Options{})
		if err == nil {
			must(t, s.Close())
			return c
		}
		if time.Since(began) > time.Minute {
			t.Fatal(err)
		}
	}
}

func free(t *testing.T) int {
	t.Helper()
	port, err := pgtest.FreePort()
	must(t, err)
	return port
}

func (m *machine) start(t *testing.T) {
	t.Helper()
	var err error
	m.patroni, err = pgtest.Run(t, m.data+".log", "patroni", m.config)
	must(t, err)
}

// kill ends all that runs on a machine, as when its power fails.
func (m *machine) kill(t *testing.T) {
	t.Helper()
	m.patroni.Kill()
	raw, err := os.ReadFile(filepath.Join(m.data, "postmaster.pid"))
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	must(t, err)
	first, _, _ := strings.Cut(string(raw), "\n")
	pid, err := strconv.Atoi(first)
	must(t, err)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Fatal(err)
	}
}

// is asks a machine's Patroni whether it is of a kind: primary, sync …
func (m *machine) is(kind string) bool {
	answer, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/%s", m.api, kind))
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// settle waits until one machine is in charge, another has each of its commits,
// and the third is a copy again, and returns the one in charge.
func (c *machines) settle(t *testing.T) *machine {
	t.Helper()
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		var leader *machine
		sync, copies := 0, 0
		for _, m := range c.list {
			if m.is("primary") {
				leader = m
			} else if m.is("replica") {
				copies++
				if m.is("sync") {
					sync++
				}
			}
		}
		if leader != nil && copies == 2 && sync > 0 {
			return leader
		}
		if time.Since(began) > 3*time.Minute {
			for _, m := range c.list {
				log, _ := os.ReadFile(m.data + ".log")
				t.Logf("%s:\n%s", m.name, log[max(0, len(log)-3000):])
			}
			t.Fatal("no machine is in charge with a copy beside it")
		}
	}
}

// kill kills the machine in charge so many times under acts, and then looks for
// each that was acknowledged.
func (c *machines) kill(t *testing.T, times int) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var acknowledged, unknown, failed, heard atomic.Int64
	var wait sync.WaitGroup
	wait.Go(func() { act(ctx, t, c.address, &acknowledged, &unknown, &failed) })
	follower := join(t, c.address)
	wait.Go(func() { _ = follower.Follow(ctx, func(size int64) { heard.Store(size) }, nil) })
	dice := rand.New(rand.NewPCG(5, 6))
	var longest time.Duration
	for n := range times {
		before := acknowledged.Load()
		for acknowledged.Load() < before+20 {
			time.Sleep(10 * time.Millisecond)
		}
		leader := c.settle(t)
		time.Sleep(time.Duration(dice.IntN(2000)) * time.Millisecond)
		leader.kill(t)
		killed, at := time.Now(), acknowledged.Load()+1 // one may have been on its way
		for acknowledged.Load() <= at {
			time.Sleep(10 * time.Millisecond)
			if time.Since(killed) > 4*time.Minute {
				c.settle(t)
				t.Fatalf("kill %d: nothing was acknowledged for four minutes", n)
			}
		}
		longest = max(longest, time.Since(killed))
		t.Logf("kill %d of %s: acts went on after %v; %d acknowledged so far", n+1, leader.name, time.Since(killed).Round(time.Millisecond), acknowledged.Load())
		leader.start(t)
	}
	c.settle(t)
	for acknowledged.Load() > heard.Load() {
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	wait.Wait()
	c.settle(t)
	t.Logf("%d acts acknowledged in %d lives of the machine in charge; %d answers unknown, %d failures told as such; longest pause %v",
		acknowledged.Load(), times, unknown.Load(), failed.Load(), longest.Round(time.Millisecond))
	checkKeys(t, c.address, int(acknowledged.Load())-1, 1)
}

// act enters one act after the other until its context ends, and opens the books
// anew after each failure, as a server does.
func act(ctx context.Context, t *testing.T, address string, acknowledged, unknown, failed *atomic.Int64) {
	for ctx.Err() == nil {
		c, err := lead(ctx, address)
		if err != nil {
			failed.Add(1)
			time.Sleep(100 * time.Millisecond)
			continue
		}
		for ctx.Err() == nil {
			if err = c.do(ctx, t, strconv.FormatInt(acknowledged.Load(), 10)); err != nil {
				break
			}
			acknowledged.Add(1)
		}
		if errors.Is(err, store.ErrUnknown) {
			unknown.Add(1)
		} else if err != nil {
			failed.Add(1)
		}
		_ = c.store.Close()
	}
}
