// Package pgtest gives tests a PostgreSQL of their own. It is for tests alone.
//
// [URL] is all that most tests need: the address of a fresh, empty database in a
// cluster that all tests of one test program share. [Start] gives a cluster that
// a test may kill and start again.
//
// A cluster lives in a folder of its own, listens on the loopback alone, on a
// port that was free, and ends with the test program, however that ends. The
// server refuses to run as root; then it runs as the user postgres, which the
// Debian package makes. Where no server is installed a test fails and says what
// to do; it is not left out.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Password stands in every address that this package gives. The cluster asks for
// none; it is there so that tests can look where it must never appear.
const Password = "never-to-be-shown"

const role = "tester"

// shared is the cluster of this test program.
var shared = sync.OnceValues(func() (*Cluster, error) { return start(false) })

var databases atomic.Int64

// URL returns the address of a fresh database in the cluster of this test
// program, which is dropped after the test. That cluster does not wait for the
// disk (fsync is off), and says so to the program.
func URL(t testing.TB) string {
	t.Helper()
	url, drop, err := Database()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(drop)
	return url
}

// Database is URL for stories that have no testing.TB: drop is called when they end.
func Database() (url string, drop func(), err error) {
	c, err := shared()
	if err != nil {
		return "", nil, err
	}
	return c.database()
}

// Cluster is a running server with its data.
type Cluster struct {
	folder string
	port   int
	server *exec.Cmd
	hold   io.Closer // the server is stopped when this is closed
}

// Start returns a cluster of the test's own, which waits for the disk as a real
// one does. It is removed after the test.
func Start(t testing.TB) *Cluster {
	t.Helper()
	c, err := start(true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.stop)
	return c
}

// Durable starts a cluster that waits for the disk, for measurements that are no
// tests; it returns the address of a database in it, and stop removes both.
func Durable() (url string, stop func(), err error) {
	c, err := start(true)
	if err != nil {
		return "", nil, err
	}
	if url, _, err = c.database(); err != nil {
		c.stop()
		return "", nil, err
	}
	return url, c.stop, nil
}

// URL returns the address of a fresh database, which is dropped after the test.
func (c *Cluster) URL(t testing.TB) string {
	t.Helper()
	url, drop, err := c.database()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(drop)
	return url
}

func (c *Cluster) database() (url string, drop func(), err error) {
	name := "test_" + strconv.FormatInt(databases.Add(1), 10)
	drop = func() { _ = c.statement("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") } // the cluster may be gone, and it with it
	return c.address(name), drop, c.statement("CREATE DATABASE " + name)
}

func (c *Cluster) address(database string) string {
	return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable", role, Password, c.port, database)
}

// Do runs a statement as the owner of the cluster, outside of any database of a test.
func (c *Cluster) Do(t testing.TB, sql string) {
	t.Helper()
	if err := c.statement(sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (c *Cluster) statement(sql string) error { return Do(c.address("postgres"), sql) }

// Do runs a statement in the database of an address.
func Do(address, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

// Kill ends the server at once, as a machine that breaks does, and returns when
// it is gone.
func (c *Cluster) Kill(t testing.TB) {
	t.Helper()
	if err := errors.Join(c.hold.Close(), ignoreExit(c.server.Wait())); err != nil {
		t.Fatal(err)
	}
}

// Again starts the server again on the data that it left.
func (c *Cluster) Again(t testing.TB) {
	t.Helper()
	if err := c.run(); err != nil {
		t.Fatal(err)
	}
}

func (c *Cluster) stop() {
	_ = c.hold.Close()
	_ = c.server.Wait() // that it was stopped is meant
	_ = os.RemoveAll(c.folder)
}

func ignoreExit(err error) error {
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		return nil
	}
	return err
}

// start makes the data of a cluster and starts its server.
func start(durable bool) (_ *Cluster, err error) {
	initdb, err := find("initdb")
	if err != nil {
		return nil, err
	}
	c := &Cluster{}
	if c.folder, err = os.MkdirTemp("", "commonweal-pg-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(c.folder)
		}
	}()
	if err := giveAway(c.folder); err != nil {
		return nil, err
	}
	cmd := command(initdb, "--pgdata", c.data(), "--username", role, "--auth", "trust", "--no-sync", "--encoding", "UTF8", "--locale", "C")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if c.port, err = FreePort(); err != nil {
		return nil, err
	}
	settings := fmt.Sprintf("port = %d\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '%s'\nmax_connections = 300\nshared_buffers = '64MB'\n", c.port, c.folder)
	if !durable {
		settings += "fsync = off\nfull_page_writes = off\ncommonweal.may_lose_data = 'on'\n"
	}
	f, err := os.OpenFile(filepath.Join(c.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(settings)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return c, c.run()
}

func (c *Cluster) data() string { return filepath.Join(c.folder, "data") }

// guard runs a server until its standard input ends, then ends it at once, so
// that it outlives this program in no case; the folder goes with this program.
const guard = `"$1" -D "$2" -k "$3" >>"$3/log" 2>&1 & server=$!
cat >/dev/null
kill -QUIT $server; wait $server
[ -d /proc/$4 ] || rm -rf "$3"`

// run starts the server and waits until it answers.
func (c *Cluster) run() error {
	postgres, err := find("postgres")
	if err != nil {
		return err
	}
	c.server = command("/bin/sh", "-c", guard, "guard", postgres, c.data(), c.folder, strconv.Itoa(os.Getpid()))
	if c.hold, err = c.server.StdinPipe(); err != nil {
		return err
	}
	if err := c.server.Start(); err != nil {
		return err
	}
	for began := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		var conn *pgx.Conn
		if conn, err = pgx.Connect(ctx, c.address("postgres")); err == nil {
			err = conn.Close(ctx)
			cancel()
			return err
		}
		cancel()
		if time.Since(began) > 60*time.Second {
			log, _ := os.ReadFile(filepath.Join(c.folder, "log"))
			c.stop()
			return fmt.Errorf("the server does not answer: %w\n%s", err, log)
		}
	}
}

// find returns the path of a program of the server.
func find(name string) (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	for _, path := range found {
		if strings.Contains(path, "/15/") {
			return path, nil
		}
	}
	if len(found) > 0 {
		return found[len(found)-1], nil
	}
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	return "", fmt.Errorf("there is no %s on this machine, which this test needs: run “make deps”, which installs PostgreSQL", name)
}

// FreePort is a port of the loopback that nobody listens on.
func FreePort() (int, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // of a TCP listener it is one
	return port, l.Close()
}

const other = "postgres" // the user who runs the server where this program is root's

// giveAway lets the server's user write to a folder.
func giveAway(folder string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup(other)
	if err != nil {
		return fmt.Errorf("the server refuses to run as root, and there is no user %s to run it: run “make deps”: %w", other, err)
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return err
	}
	return os.Chown(folder, uid, gid)
}

// command is a program of the server, run as a user that it accepts.
func command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), name, args...)
	if os.Geteuid() == 0 {
		cmd = exec.CommandContext(context.Background(), "runuser", append([]string{"-u", other, "--", name}, args...)...)
	}
	cmd.Dir = "/"
	return cmd
}
