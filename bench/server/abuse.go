package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"commonweal/web/webtest"
)

// measureAbuse measures an honest client alone, and while somebody else does what
// costs a server most, on each store.
func measureAbuse(ctx context.Context, s setting) error {
	s.limit = 200 // the honest client makes up to 100, and the abuse is of others
	for _, store := range s.stores {
		v, err := serve(ctx, s, store)
		if err != nil {
			return err
		}
		err = v.abused(ctx, s, store)
		v.end()
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *served) abused(ctx context.Context, s setting, store string) error {
	fmt.Printf("\n%s: an honest client, acting and reading in turn\n", store)
	alone, err := v.honest(ctx, s.time, "alone")
	if err != nil {
		return err
	}
	before, err := v.figures(ctx)
	if err != nil {
		return err
	}
	stop, err := abuser(ctx, v.URL)
	if err != nil {
		return err
	}
	time.Sleep(3 * time.Second) // until it is under way
	abused, err := v.honest(ctx, s.time, "abused")
	after, failed := v.figures(ctx)
	if err = errors.Join(err, failed, stop()); err != nil {
		return err
	}
	line("alone, median", part(alone, 0.5), 0, "ms", true)
	line("alone, 99 of 100 under", part(alone, 0.99), 0, "ms", true)
	line("while others abuse the server, median", part(abused, 0.5), 0, "ms", true)
	line("while others abuse the server, 99 of 100 under", part(abused, 0.99), 2*part(alone, 0.99), "ms", true)
	line("the latter by the former", part(abused, 0.99)/part(alone, 0.99), 2, "times", true)
	used(before, after)
	return nil
}

// abuser starts a process that abuses a server until stop is called. It has the least
// claim to the processors: those who abuse servers have machines of their own.
func abuser(ctx context.Context, url string) (stop func() error, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "nice", "-n", "19", self, "abuser", url)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	return func() error { return errors.Join(in.Close(), cmd.Wait()) }, cmd.Start()
}

// attack abuses the server at an address until the standard input ends.
func attack(url string) {
	ctx, stop := context.WithCancel(context.Background())
	v := &served{Server: &webtest.Server{URL: url}}
	attacker := &webtest.Person{Client: webtest.From("127.0.0.2")}
	var wait sync.WaitGroup
	for _, f := range []func(){func() { v.queries(ctx, attacker) }, func() { v.bodies(ctx, attacker) }, func() { v.hold(ctx) }} {
		wait.Go(f)
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // it ends in any case
	stop()
	wait.Wait()
}

// honest acts and reads in turn, with pauses as people make them.
func (v *served) honest(ctx context.Context, long time.Duration, name string) (all []time.Duration, err error) {
	for n, began := 0, time.Now(); time.Since(began) < long; n++ {
		at := time.Now()
		if n%2 == 0 {
			_, err = act(ctx, v.owner, v.URL, name+strconv.Itoa(n))
		} else {
			err = v.owner.Ask(ctx, v.URL, `{ intents(first: 20) { nodes { id receiver { name } } } }`, nil, nil)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, time.Since(at))
		time.Sleep(10 * time.Millisecond)
	}
	return all, nil
}

// queries asks too much, as fast as one address may.
func (v *served) queries(ctx context.Context, p *webtest.Person) {
	list := []string{strings.Repeat("{agents", 10_000) + strings.Repeat("}", 10_000), "{" + strings.Repeat(" __typename", 500) + "}",
		"{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"}
	pause := time.NewTicker(10 * time.Millisecond)
	defer pause.Stop()
	for n := 0; ctx.Err() == nil; n++ {
		_ = p.Ask(ctx, v.URL, list[n%len(list)], nil, nil) // it is refused, or cut at the end
		<-pause.C
	}
}

// bodies sends a gigabyte again and again.
func (v *served) bodies(ctx context.Context, p *webtest.Person) {
	for ctx.Err() == nil {
		_ = p.AskRaw(ctx, v.URL, io.LimitReader(zeros{}, 1<<30), nil) // it is cut
		time.Sleep(50 * time.Millisecond)
	}
}

// zeros is a text without end.
type zeros struct{}

// Read gives more of it.
func (zeros) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '0'
	}
	return len(b), nil
}

// hold holds slow connections and subscriptions that nobody reads, from many addresses.
func (v *served) hold(ctx context.Context) {
	const follow = `{"query":"subscription { changes { to } }"}`
	texts := []string{"POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: ", "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
		"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: " + strconv.Itoa(len(follow)) + "\r\n\r\n" + follow}
	var list []net.Conn
	for n := 0; n < 6000 && ctx.Err() == nil; n++ {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(10+n/400))}}
		c, err := d.DialContext(ctx, "tcp4", strings.TrimPrefix(v.URL, "http://"))
		if err != nil {
			break
		}
		list = append(list, c)
		_, _ = io.WriteString(c, texts[n%len(texts)]) // it may be closed at once
	}
	<-ctx.Done()
	for _, c := range list {
		_ = c.Close()
	}
}
