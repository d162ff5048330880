package house

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

// pure are the packages that hold rules: time, chance and storage are handed in.
var pure = []string{"vf", "rule", "journal", "ledger", "plan", "coordination"}

// untouchable are the imports that a pure package must not have, with what
// they would bring in.
var untouchable = map[string]string{
	"os": "files and the environment", "io/fs": "files", "io/ioutil": "files", "path/filepath": "files", "embed": "files", "os/exec": "other programs",
	"os/signal": "signals", "syscall": "the system", "net": "the network", "net/http": "the network", "database/sql": "a database",
	"log": "logging", "log/slog": "logging", "math/rand": "chance", "math/rand/v2": "chance", "crypto/rand": "chance", "testing": "the test framework",
	"hash/maphash": "chance", "unsafe": "memory beyond the language", "runtime/debug": "the runtime",
}

// uncalled are functions that a pure package must not call.
var uncalled = map[string]string{
	"time.Now": "the clock", "time.Since": "the clock", "time.Until": "the clock", "time.Sleep": "the clock", "time.After": "the clock",
	"time.Tick": "the clock", "time.NewTimer": "the clock", "time.NewTicker": "the clock", "time.AfterFunc": "the clock",
	"time.LoadLocation": "the time zones of the machine", "ed25519.GenerateKey": "chance",
	"fmt.Print": "the terminal", "fmt.Println": "the terminal", "fmt.Printf": "the terminal", "runtime.Gosched": "the scheduler",
}

// foreign are the packages of others that pure packages may use.
var foreign = []string{"golang.org/x/mod/sumdb/", "github.com/gowebpki/jcs", "github.com/teambition/rrule-go"}

func TestDomainPackagesArePure(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range tree(t) {
		if !contains(pure, s.dir) || s.test {
			continue
		}
		seen[s.dir] = true
		for _, spec := range s.file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if why, bad := untouchable[path]; bad {
				t.Errorf("%s: %s imports %s; a domain package has no business with %s: hand it in", at(spec.Pos()), s.dir, path, why)
			}
			if strings.Contains(path, ".") && !startsWithOne(path, foreign) {
				t.Errorf("%s: %s imports %s; domain packages use only %v of others", at(spec.Pos()), s.dir, path, foreign)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool { impure(t, s, n); return true })
	}
	for _, p := range pure {
		if !seen[p] {
			t.Errorf("the domain package %s is gone; take it out of house/purity_test.go", p)
		}
	}
}

func startsWithOne(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// impure reports one node that a pure package must not hold.
func impure(t *testing.T, s source, n ast.Node) {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		if x, ok := n.X.(*ast.Ident); ok {
			if why, bad := uncalled[x.Name+"."+n.Sel.Name]; bad {
				t.Errorf("%s: %s uses %s.%s; a domain package has no business with %s: hand it in", at(n.Pos()), s.dir, x.Name, n.Sel.Name, why)
			}
		}
	case *ast.Ident:
		if n.Name == "float64" || n.Name == "float32" {
			t.Errorf("%s: %s uses %s; quantities are exact, use vf.Decimal, integers or big.Rat", at(n.Pos()), s.dir, n.Name)
		}
	case *ast.BasicLit:
		if n.Kind == token.FLOAT || n.Kind == token.IMAG {
			t.Errorf("%s: %s holds the floating-point number %s; quantities are exact", at(n.Pos()), s.dir, n.Value)
		}
	case *ast.FuncDecl:
		if starts, waits := goroutines(n); starts && (s.dir != "plan" || !waits) {
			t.Errorf("%s: %s starts a goroutine in %s; only plan may, and only where the same function waits for it", at(n.Pos()), s.dir, n.Name.Name)
		}
		if n.Recv == nil && n.Name.Name == "init" {
			t.Errorf("%s: %s has an init function; make the value where it is declared", at(n.Pos()), s.dir)
		}
	}
}

// goroutines reports whether a function starts goroutines, and whether it waits
// for them: a call of Wait in the function itself.
func goroutines(f *ast.FuncDecl) (starts, waits bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		if _, ok := n.(*ast.GoStmt); ok {
			starts = true
		}
		if sel, ok := n.(*ast.SelectorExpr); ok {
			starts = starts || sel.Sel.Name == "Go"
			waits = waits || sel.Sel.Name == "Wait"
		}
		return true
	})
	return starts, waits
}
