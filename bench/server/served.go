package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"commonweal/store/postgres/pgtest"
	"commonweal/web/webtest"
)

// stores are those that a server can keep its books in.
var stores = []string{"SQLite", "PostgreSQL"}

// served is a server that is measured.
type served struct {
	*webtest.Server
	owner  *webtest.Person
	folder string
	stop   func()
}

// serve starts a server on new books in a store, with somebody who owns them.
func serve(ctx context.Context, s setting, store string) (_ *served, err error) {
	v := &served{}
	if v.folder, err = os.MkdirTemp("", "commonweal-bench-"); err != nil {
		return nil, err
	}
	v.stop = func() { _ = os.RemoveAll(v.folder) }
	flags := []string{"--data", filepath.Join(v.folder, "data")}
	if store == "PostgreSQL" {
		url, stop, err := pgtest.Durable()
		if err != nil {
			v.stop()
			return nil, err
		}
		flags = append(flags, "--store", url)
		remove := v.stop
		v.stop = func() { stop(); remove() }
	}
	if v.Server, err = webtest.Start(s.program, flags, []string{"--rate", strconv.FormatFloat(s.limit, 'f', -1, 64), "--log-level", "error"}, os.Stderr); err != nil {
		v.stop()
		return nil, err
	}
	if v.owner, err = webtest.SignUp(ctx, v.URL, v.Invitation, "ada"); err == nil {
		err = v.owner.Ask(ctx, v.URL, `mutation { declare(records: [{unit: {id: "unit/kg", label: "kilogram", symbol: "kg", omUnitIdentifier: "kilogram"}},
			{organization: {id: "agent/mill", name: "Mill"}}, {organization: {id: "agent/farm", name: "Farm"}}, {resourceSpecification: {id: "spec/yarn", name: "Yarn", defaultUnitOfResource: "unit/kg"}}], key: "begin") { sequence } }`, nil, nil)
	}
	if err != nil {
		v.end()
		return nil, err
	}
	return v, nil
}

// end ends the server and removes its books.
func (v *served) end() {
	v.Kill()
	v.stop()
}

// members are people who joined, by invitations of the owner.
func (v *served) members(ctx context.Context, count int) ([]*webtest.Person, error) {
	var list []*webtest.Person
	for n := range count {
		invitation, err := v.owner.Invite(ctx, v.URL, "home", "member")
		if err != nil {
			return nil, err
		}
		p, err := webtest.SignUp(ctx, v.URL, invitation, fmt.Sprintf("member%d", n))
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// figures are what a server used up to a moment, and this client.
type figures struct {
	at                    time.Time
	cpu, resident, client float64
}

func (v *served) figures(ctx context.Context) (figures, error) {
	m, err := v.Metrics(ctx)
	var own syscall.Rusage
	if e := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err == nil {
		err = e
	}
	client := time.Duration(own.Utime.Nano() + own.Stime.Nano()).Seconds()
	return figures{time.Now(), m["process_cpu_seconds_total"], m["process_resident_memory_bytes"], client}, err
}

// used prints what was used between two moments.
func used(a, b figures) {
	line("processors that the server used", (b.cpu-a.cpu)/b.at.Sub(a.at).Seconds(), 0, "", true)
	line("processors that the client used", (b.client-a.client)/b.at.Sub(a.at).Seconds(), 0, "", true)
	line("memory of the server", b.resident/1e6, 0, "MB", true)
}

// promise is an intent of the measured load.
const promise = `mutation ($key: ID!) { createIntent(intent: {action: "transfer", receiver: "agent/mill", resourceConformsTo: "spec/yarn",
	resourceQuantity: {hasNumericalValue: 1, hasUnit: "unit/kg"}, due: "2027-06-01T00:00:00Z"}, key: $key) { result { sequence } } }`

// act enters one act and returns its sequence.
func act(ctx context.Context, p *webtest.Person, url, key string) (sequence string, err error) {
	var said struct {
		CreateIntent struct{ Result struct{ Sequence string } }
	}
	err = p.Ask(ctx, url, promise, map[string]any{"key": key}, &said)
	return said.CreateIntent.Result.Sequence, err
}
