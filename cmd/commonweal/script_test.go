package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"commonweal/rule"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"commonweal": main,
		"act":        rawActs,
		"ask":        ask,
		"people":     rawPeople,
		"graphql":    askGraphQL,
	})
}

// TestScripts runs the stories in testdata/script: what a person types, and
// what the program answers.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Setup: setup, Cmds: commandsOfScripts, RequireExplicitExec: true, RequireUniqueNames: true})
}

// TestRefusals runs the files in testdata/refusals: each provokes one rule
// through the program.
func TestRefusals(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata/refusals", Setup: setup, Cmds: commandsOfScripts, RequireExplicitExec: true, RequireUniqueNames: true})
}

func TestEveryRuleIsProvoked(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/refusals/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	provoked := map[rule.Name]bool{}
	for _, file := range files {
		name := rule.Name(strings.TrimSuffix(filepath.Base(file), ".txtar"))
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !rule.Known(name) {
			t.Errorf("%s provokes a rule that is not in the catalogue", file)
		}
		if !strings.Contains(string(text), `\[`+string(name)+`\]`) {
			t.Errorf("%s does not expect [%s] on stderr", file, name)
		}
		provoked[name] = true
	}
	for _, r := range rule.All() {
		if !provoked[r.Name] {
			t.Errorf("no file provokes the rule %s: write testdata/refusals/%s.txtar", r.Name, r.Name)
		}
	}
}

func TestRunWithoutAProcess(t *testing.T) {
	t.Parallel()
	var out, errs strings.Builder
	if code := run(context.Background(), []string{"version", "--json"}, strings.NewReader(""), &out, &errs); code != exitDone {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	if !strings.Contains(out.String(), `"license": "AGPL-3.0-or-later"`) {
		t.Error(out.String())
	}
}
