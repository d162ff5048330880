package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"commonweal/web/webtest"
)

// What an abuser holds: slow heads and bodies, and subscriptions, so many from each address.
const (
	slowOnes  = 1000
	idleOnes  = 10_000
	perSource = 200
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

// rounds is how often the three are measured, one after the other, so that what else a
// machine does falls on all of them.
const rounds = 3

// abused measures an honest client alone, while the abusers of the server do the same to
// a listener that does nothing, which shows what they themselves take of the processors,
// and while they abuse the server.
func (v *served) abused(ctx context.Context, s setting, store string) error {
	fmt.Printf("\n%s: an honest client, acting and reading in turn\n", store)
	idle, elsewhere, err := helper(ctx, "listener")
	if err != nil {
		return err
	}
	var alone, apart, abused []time.Duration
	var before, after figures
	for n := range rounds {
		for _, m := range []struct {
			name, url string
			to        *[]time.Duration
		}{{"alone", "", &alone}, {"apart", elsewhere, &apart}, {"abused", v.URL, &abused}} {
			list, a, b, err := v.beside(ctx, s.time/rounds, m.name+strconv.Itoa(n), m.url)
			if err != nil {
				return errors.Join(err, idle())
			}
			*m.to, before, after = append(*m.to, list...), a, b
		}
	}
	line("alone, median", part(alone, 0.5), 0, "ms", true)
	line("alone, 99 of 100 under", part(alone, 0.99), 0, "ms", true)
	line("while others abuse a listener, median", part(apart, 0.5), 0, "ms", true)
	line("while others abuse a listener, 99 of 100 under", part(apart, 0.99), 0, "ms", true)
	line("while they abuse the server, median", part(abused, 0.5), 0, "ms", true)
	line("while they abuse the server, 99 of 100 under", part(abused, 0.99), 2*part(alone, 0.99), "ms", true)
	line("the latter by that alone", part(abused, 0.99)/part(alone, 0.99), 2, "times", true)
	line("the latter by that beside a listener", part(abused, 0.99)/part(apart, 0.99), 0, "times", true)
	used(before, after)
	return idle()
}

// beside measures the honest client while an address, if there is one, is abused, and what
// the server used meanwhile.
func (v *served) beside(ctx context.Context, long time.Duration, name, url string) (list []time.Duration, before, after figures, err error) {
	stop := func() error { return nil }
	if url != "" {
		if stop, _, err = helper(ctx, "abuser", url); err != nil {
			return nil, before, after, err
		}
	}
	if before, err = v.figures(ctx); err == nil {
		list, err = v.honest(ctx, long, name)
	}
	var failed error
	after, failed = v.figures(ctx)
	return list, before, after, errors.Join(err, failed, stop())
}

// helper starts a process of this program that goes on until stop is called, and waits for
// the line that it says when it is under way. It has the least claim to the processors:
// those who abuse servers have machines of their own.
func helper(ctx context.Context, args ...string) (stop func() error, said string, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, "", err
	}
	cmd := exec.CommandContext(ctx, "nice", append([]string{"-n", "19", self}, args...)...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, "", err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, "", err
	}
	if err = cmd.Start(); err != nil {
		return nil, "", err
	}
	said, err = bufio.NewReader(out).ReadString('\n')
	return func() error { return errors.Join(in.Close(), cmd.Wait()) }, strings.TrimSpace(said), err
}

// attack abuses the server at an address until the standard input ends.
func attack(url string) {
	ctx, stop := context.WithCancel(context.Background())
	v := &served{Server: &webtest.Server{URL: url}}
	attacker := &webtest.Person{Client: webtest.From("127.0.0.2")}
	held := v.hold(ctx)
	var wait sync.WaitGroup
	for _, f := range []func(){func() { v.queries(ctx, attacker) }, func() { v.bodies(ctx, attacker) }} {
		wait.Go(f)
	}
	fmt.Println("under way")
	_, _ = io.Copy(io.Discard, os.Stdin) // it ends in any case
	stop()
	wait.Wait()
	for _, c := range held {
		_ = c.Close()
	}
}

// listen is a listener that refuses all at once, but holds what asks for a stream, until the
// standard input ends.
func listen() error {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") == "text/event-stream" {
			_ = http.NewResponseController(w).Flush() // who has gone is seen below
			<-r.Context().Done()
			return
		}
		w.WriteHeader(http.StatusBadRequest)
	})}
	go func() { _ = s.Serve(l) }() // it ends with the program
	fmt.Println("http://" + l.Addr().String())
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
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
	aliases := "{"
	for n := range 101 {
		aliases += " a" + strconv.Itoa(n) + ": __typename"
	}
	list := []string{aliases + "}", strings.Repeat("{agents", 10_000) + strings.Repeat("}", 10_000), "{" + strings.Repeat(" __typename", 500) + "}",
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

// hold opens connections with slow heads and bodies and with subscriptions that nobody
// reads, from many addresses, and holds them.
func (v *served) hold(ctx context.Context) (list []net.Conn) {
	const follow = `{"query":"subscription { changes { to } }"}`
	slow := []string{"POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: ", "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"}
	idle := "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\nContent-Length: " + strconv.Itoa(len(follow)) + "\r\n\r\n" + follow
	for n := range slowOnes + idleOnes {
		text := idle
		if n < slowOnes {
			text = slow[n%len(slow)]
		}
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(10+n/perSource))}}
		c, err := d.DialContext(ctx, "tcp4", strings.TrimPrefix(v.URL, "http://"))
		if err != nil {
			return list
		}
		list = append(list, c)
		_, _ = io.WriteString(c, text) // it may be closed at once
	}
	return list
}
