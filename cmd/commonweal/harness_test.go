package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/ncruces/go-sqlite3/driver"
	"github.com/rogpeppe/go-internal/testscript"

	"commonweal/host"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/store/postgres"
	"commonweal/store/postgres/pgtest"
	"commonweal/store/sqlite"
	"commonweal/vf"
)

// setup gives each story a small network, mill.jsonld, and the real one.
func setup(e *testscript.Env) error {
	e.Setenv("TZ", "UTC")
	e.Setenv("HOME", e.WorkDir)
	for name, from := range map[string]string{"mill.jsonld": "testdata/mill.jsonld", "farms.jsonld": "../../examples/carbon-farm-network.jsonld"} {
		raw, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(e.WorkDir, name), raw, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// commandsOfScripts are commands of the stories beside those of testscript.
var commandsOfScripts = map[string]func(*testscript.TestScript, bool, []string){
	"exits":     exits,
	"books":     begin,
	"publickey": publicKey,
	"sql":       runSQL,
	"lock":      lock,
	"lead":      lead,
	"empty":     empty,
	"junk":      junk,
	"long":      long,
	"hash":      hash,
	"served":    served,
	"postgres":  freshDatabase,
}

// exits runs a program and checks its exit code: exits 3 commonweal plan.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND …")
	}
	code := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		code = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}

// begin begins the books of the mill in ./data, or of the network in a file.
func begin(ts *testscript.TestScript, _ bool, args []string) {
	file, network := "mill.jsonld", "https://example.org/mill/"
	if len(args) == 2 {
		file, network = args[0], args[1]
	}
	ts.Check(ts.Exec("commonweal", "init", network))
	ts.Check(ts.Exec("commonweal", "import", file))
}

// publicKey sets $KEY to the key in use.
func publicKey(ts *testscript.TestScript, _ bool, _ []string) {
	signer, err := host.ReadKey(ts.MkAbs("data/" + host.KeyFile))
	ts.Check(err)
	ts.Setenv("KEY", string(signer.PublicKey()))
}

// runSQL changes the books behind the back of the program.
func runSQL(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite3", "file:"+ts.MkAbs("data/"+host.BooksFile))
	ts.Check(err)
	for _, text := range args {
		_, err = db.Exec(text)
		ts.Check(err)
	}
	ts.Check(db.Close())
}

// freshDatabase sets a variable to the address of a database that is empty but
// for what statements put into it: postgres VARIABLE [STATEMENT …].
func freshDatabase(ts *testscript.TestScript, _ bool, args []string) {
	url, drop, err := pgtest.Database()
	ts.Check(err)
	ts.Defer(drop)
	ts.Setenv(args[0], url)
	for _, text := range args[1:] {
		ts.Check(pgtest.Do(url, text))
	}
}

// lock keeps the books open until the story ends.
func lock(ts *testscript.TestScript, _ bool, _ []string) {
	s, err := sqlite.Open(context.Background(), ts.MkAbs("data/"+host.BooksFile), sqlite.Options{})
	ts.Check(err)
	ts.Defer(func() { ts.Check(s.Close()) })
}

// lead keeps the turn to write the books of a database until the story ends: lead ADDRESS.
func lead(ts *testscript.TestScript, _ bool, args []string) {
	s, err := postgres.Open(context.Background(), args[0], postgres.Options{})
	ts.Check(err)
	ts.Defer(func() { ts.Check(s.Close()) })
}

// empty makes a store without any entry.
func empty(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(os.Mkdir(ts.MkAbs("data"), 0o700))
	s, err := sqlite.Create(context.Background(), ts.MkAbs("data/"+host.BooksFile), sqlite.Options{})
	ts.Check(err)
	ts.Check(s.Close())
}

// junk writes a beginning and then a text so many times: junk FILE TIMES TEXT BEGINNING.
func junk(ts *testscript.TestScript, _ bool, args []string) {
	times, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := args[3] + strings.Repeat(args[2], times)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// hash writes what a plan printed last, engine time and memory aside, to a file.
func hash(ts *testscript.TestScript, _ bool, args []string) {
	var r map[string]json.RawMessage
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &r))
	var stats map[string]any
	ts.Check(json.Unmarshal(r["stats"], &stats))
	delete(stats, "engineMilliseconds")
	delete(stats, "memoryBytes")
	r["stats"], _ = json.Marshal(stats)
	text, err := json.MarshalIndent(r, "", " ")
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}

// long writes a record that is longer than an entry may be: long FILE.
func long(ts *testscript.TestScript, _ bool, args []string) {
	var b strings.Builder
	b.WriteString(`{"@graph": [{"@id": "agent/big", "@type": "Organization", "name": "Big", "classifiedAs": ["x"`)
	for range 17 {
		b.WriteString(`, "` + strings.Repeat("x", 1<<20-8) + `"`)
	}
	b.WriteString(`]}]}`)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

// rawActs is a program that hands acts to the node as they come on standard
// input, also such as no command makes; $KEY in them stands for the variable.
func rawActs() {
	p := &program{Data: "data", ctx: context.Background(), out: os.Stdout, err: os.Stderr, now: time.Now}
	code := p.rawActs(os.Stdin)
	os.Exit(code)
}

func (p *program) rawActs(in io.Reader) int {
	b, err := p.books()
	if err != nil {
		return p.report(err)
	}
	defer b.close()
	if os.Getenv("FULL") != "" {
		if err := fillDisk(); err != nil {
			return p.report(err)
		}
	}
	text, err := io.ReadAll(in)
	if err != nil {
		return p.report(err)
	}
	d := json.NewDecoder(bytes.NewReader([]byte(os.ExpandEnv(string(text)))))
	code := exitDone
	for {
		var a struct {
			journal.Act
			Seen map[vf.ID]int64 `json:"seen"`
		}
		if err := d.Decode(&a); errors.Is(err, io.EOF) {
			return code
		} else if err != nil {
			return p.report(err)
		}
		full := node.Act{Kind: a.Kind, Author: a.Author, At: a.At, Key: a.Key, Of: a.Of, Network: a.Network, PublicKey: a.PublicKey, Seen: a.Seen}
		for _, raw := range a.Records {
			r, err := vf.Decode(raw)
			if err != nil {
				return p.report(err)
			}
			full.Records = append(full.Records, r)
		}
		if _, err := b.Do(p.ctx, full); err != nil {
			code = p.report(err)
		}
	}
}

// fillDisk lets no file of this process grow from here on, as a full disk does.
func fillDisk() error {
	signal.Ignore(syscall.SIGXFSZ)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1, Max: 1})
}
