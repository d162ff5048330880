package graphql_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"commonweal/web/graphql"
)

// script runs one of the programs in tests/graphql in Node, which make deps installs.
func script(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	if _, err := os.Stat("../../tests/graphql/node_modules/graphql-http"); err != nil {
		t.Fatal("the programs of others that this test runs are missing; run: make deps")
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, "node", append([]string{name}, args...)...)
	c.Dir = "../../tests/graphql"
	return c
}

// The audits that graphql-http has for servers pass, all of them.
func TestAudits(t *testing.T) {
	t.Parallel()
	d := open(t, graphql.Limits{}, mill()...)
	out, err := script(t, "audit.mjs", d.server.URL+"/graphql").CombinedOutput()
	if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "61 of 61") {
		t.Errorf("%v\n%s", err, out)
	}
}

// The names of the package that ours is compared with are those that it has.
func TestNamesOfThePackage(t *testing.T) {
	t.Parallel()
	out, err := script(t, "names.mjs").Output()
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile("testdata/vf-graphql.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out, have) {
		t.Error("testdata/vf-graphql.txt is not what node tests/graphql/names.mjs prints")
	}
}
