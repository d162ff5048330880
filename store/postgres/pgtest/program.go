package pgtest

import (
	"io"
	"os"
	"os/exec"
	"testing"
)

// Program is a program that a test has started.
type Program struct {
	guard *exec.Cmd
	hold  io.Closer
}

// hold runs a program until standard input ends, then kills it, so that it
// outlives the test program in no case.
const hold = `log=$1; shift
"$@" >>"$log" 2>&1 & program=$!
cat >/dev/null
kill -KILL $program; wait $program`

// Run starts a program as the user who runs servers, with a file that gets what
// it prints. It is killed after the test.
func Run(t testing.TB, log, name string, args ...string) (*Program, error) {
	t.Helper()
	p := &Program{guard: command("/bin/sh", append([]string{"-c", hold, "hold", log, name}, args...)...)}
	var err error
	if p.hold, err = p.guard.StdinPipe(); err != nil {
		return nil, err
	}
	if err := p.guard.Start(); err != nil {
		return nil, err
	}
	t.Cleanup(p.Kill)
	return p, nil
}

// Kill ends the program at once, if it has not ended, and returns when it is gone.
func (p *Program) Kill() {
	_ = p.hold.Close()
	_ = p.guard.Wait() // that it was killed is meant
}

// Folder returns a folder that the user who runs servers can write to, and that
// is removed after the test.
func Folder(t testing.TB) (string, error) {
	t.Helper()
	folder, err := os.MkdirTemp("", "commonweal-pg-") //nolint:usetesting // the user of the server could not enter what t.TempDir makes
	if err != nil {
		return "", err
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder, giveAway(folder)
}
