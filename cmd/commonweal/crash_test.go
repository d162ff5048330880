package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// crashes is how often the program is killed while it writes.
func crashes() int {
	if os.Getenv("COMMONWEAL_SOAK") != "" {
		return 2000
	}
	return 100
}

// TestKilledProgramLosesAndDoublesNothing kills the program (SIGKILL) at random
// moments while it enters acts. What it said was entered is there, once; what it
// did not answer for is sent again with the same key, and then is there, once.
func TestKilledProgramLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	program := filepath.Join(programFolder(t), "commonweal")
	call := func(args ...string) (string, error) {
		cmd := exec.Command(program, append([]string{"--data", filepath.Join(folder, "data")}, args...)...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	must := func(args ...string) string {
		t.Helper()
		out, err := call(args...)
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		return out
	}
	must("init", "https://example.org/mill/")
	must("import", "testdata/mill.jsonld")
	began := time.Now()
	must("record", "lower", "--resource", "resource/wool", "--quantity", "0.001 kg", "--as", "agent/farm", "--key", "act-0")
	usual := time.Since(began)
	acts, killed := 1, 0
	for ; killed < crashes(); acts++ {
		args := []string{"--data", filepath.Join(folder, "data"), "record", "lower", "--resource", "resource/wool",
			"--quantity", "0.001 kg", "--as", "agent/farm", "--key", fmt.Sprintf("act-%d", acts)}
		answered, err := interrupted(program, args, time.Duration(rand.Int64N(int64(usual)*5/4)))
		if err != nil {
			t.Fatal(err)
		}
		if answered {
			continue
		}
		killed++
		must(args[2:]...)
	}
	seen := map[string]int{}
	for _, line := range strings.Split(strings.TrimSpace(must("journal", "--json")), "\n") {
		var e struct {
			Act struct {
				Key string `json:"key"`
			} `json:"act"`
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		seen[e.Act.Key]++
	}
	for i := range acts {
		if key := fmt.Sprintf("act-%d", i); seen[key] != 1 {
			t.Errorf("%s is in the journal %d times", key, seen[key])
		}
	}
	if out, want := must("stock", "spec/wool"), fmt.Sprintf("%d.%03d kg", (10_000-acts)/1000, (10_000-acts)%1000); !strings.Contains(out, strings.TrimRight(strings.TrimSuffix(want, " kg"), "0")) {
		t.Errorf("after %d acts of a gram each there should be %s:\n%s", acts, want, out)
	}
	must("verify")
}

// interrupted starts the program and kills it after a while; it reports whether
// the program had said before that the act is entered.
func interrupted(program string, args []string, after time.Duration) (answered bool, err error) {
	cmd := exec.Command(program, args...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		return false, err
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may have ended
	err = cmd.Wait()
	timer.Stop()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return true, nil
	case errors.As(err, &exit) && !exit.Exited():
		return strings.HasPrefix(out.String(), "Recorded"), nil
	}
	return false, fmt.Errorf("%v ended with %w\n%s", args, err, out.String())
}
