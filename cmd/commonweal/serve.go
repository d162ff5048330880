package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"commonweal/host"
	"commonweal/people"
	"commonweal/rule"
	"commonweal/store/postgres"
	"commonweal/web"
)

// serveCommand serves networks to people and programs.
type serveCommand struct {
	serverFlags
}

// serverFlags are how a server is set up; each can be said in a file of settings too.
type serverFlags struct {
	Listen       string        `help:"Address and port to listen on." env:"COMMONWEAL_LISTEN" default:"localhost:8080"`
	URL          string        `name:"url" help:"Address under which people reach this server, such as https://plan.example.org/; networks begun here have it in their ids for good. Left out, it is that of this machine." env:"COMMONWEAL_URL"`
	Name         string        `help:"What the first network is called, in its address too: small letters, digits, hyphens." env:"COMMONWEAL_NAME" default:"home"`
	NewNetworks  string        `help:"Who may begin other networks from a page: owners (of the network begun first here), members (of any), or nobody. Left out, it is owners where the books are in the data folder, and nobody where they are in a database." enum:",owners,members,nobody" env:"COMMONWEAL_NEW_NETWORKS" default:""`
	Example      bool          `help:"Begin a real example network, with its season ahead." env:"COMMONWEAL_EXAMPLE"`
	TLSCert      string        `name:"tls-cert" help:"Certificate in PEM, for https without a proxy." env:"COMMONWEAL_TLS_CERT"`
	TLSKey       string        `name:"tls-key" help:"Key of the certificate." env:"COMMONWEAL_TLS_KEY"`
	Proxied      bool          `help:"A proxy stands before the server; who asks is the last address in its X-Forwarded-For." env:"COMMONWEAL_PROXIED"`
	Log          string        `help:"How the log is written: text or json." enum:"text,json" env:"COMMONWEAL_LOG" default:"text"`
	LogLevel     string        `help:"What is logged: debug, info, warn or error." enum:"debug,info,warn,error" env:"COMMONWEAL_LOG_LEVEL" default:"info"`
	MetricsToken string        `help:"Who sends it may read /metrics from other machines." env:"COMMONWEAL_METRICS_TOKEN"`
	Rate         float64       `help:"Requests a second that one address may make; 0 is without limit." env:"COMMONWEAL_RATE" default:"100"`
	PasskeysOnly bool          `help:"Nobody sets a password or comes in by one: each way in is two factors." env:"COMMONWEAL_PASSKEYS_ONLY"`
	Breached     string        `name:"breached-passwords" help:"File of Pwned Passwords, by SHA-1 and in order; none of them may be set." env:"COMMONWEAL_BREACHED_PASSWORDS"`
	Grace        time.Duration `help:"How long a stop waits for what is under way." env:"COMMONWEAL_GRACE" default:"10s"`
}

// Run serves until it is told to stop. Where the place of the books has failed it
// begins anew from what is there, as after a crash.
func (c *serveCommand) Run(p *program) error {
	log := c.logger(p)
	go collectLess(p.ctx)
	for {
		err := c.serve(p, log)
		if !errors.Is(err, errAgain) || p.ctx.Err() != nil {
			return err
		}
		log.Error("beginning anew from what is durable", "reason", err)
	}
}

// errAgain says that the books were stopped by a failed write.
var errAgain = errors.New("the books took no more acts")

// serve serves once.
func (c *serveCommand) serve(p *program, log *slog.Logger) (err error) {
	if one := postgres.Named(p.Store); one != "" {
		return rule.Refuse("wholeDatabase", "network", one)
	}
	l, err := new(net.ListenConfig).Listen(p.ctx, "tcp", c.Listen)
	if err != nil {
		return rule.Refuse("cannotListen", "address", c.Listen, "reason", err.Error())
	}
	defer func() { _ = l.Close() }() // closed already where it was served
	at := c.address(l)
	if err := os.MkdirAll(p.Data, 0o750); err != nil {
		return err
	}
	who, err := people.Open(p.ctx, c.people(p), people.Options{Site: site(at), PasskeysOnly: c.PasskeysOnly, Breached: c.Breached})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, who.Close()) }()
	h, err := host.Open(p.ctx, host.Options{Data: p.Data, Store: p.Store, Wait: p.place().wait, Log: log, People: who})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	if err := c.begin(p.ctx, h, at); err != nil {
		return err
	}
	if unchecked(p.Store) {
		log.Warn("the database is on another machine, and its address does not say sslmode=verify-full: what goes there can be read on the way, or go to somebody else")
	}
	if c.exposed(at) {
		log.Warn("people come to this server by http: passwords and what they see can be read on the way; name a certificate (--tls-cert, --tls-key), or a proxy that has one (--url https://…, --proxied)")
	}
	if c.nowhere() {
		log.Warn("other machines can reach this server, but no --url says under which address; so what it prints leads to this machine alone, and a network that it begins has that in its ids for good: "+
			"stop it, put the data folder away if a network was begun just now, and start it with --url https://…, the address that people will use", "address", at)
	}
	s := web.New(web.Options{Host: h, People: who, Address: at, Log: log, Version: version, Begin: c.beginners(p), Proxied: c.Proxied, MetricsToken: c.MetricsToken, Rate: c.Rate})
	if err := c.welcome(p, h, at); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(p.ctx)
	defer stop(nil)
	go c.watch(ctx, stop, s, h, log)
	err = s.Serve(ctx, l, web.Listening{Certificate: c.TLSCert, Key: c.TLSKey, Grace: c.Grace})
	if cause := context.Cause(ctx); errors.Is(cause, errAgain) {
		return errors.Join(err, cause)
	}
	return err
}

// watch tidies now and then, and ends the serving where books take no more acts.
func (c *serveCommand) watch(ctx context.Context, stop context.CancelCauseFunc, s *web.Site, h *host.Host, log *slog.Logger) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		if n%600 == 0 {
			if err := s.Tidy(ctx); err != nil && ctx.Err() == nil {
				log.Error("tidying", "reason", err)
			}
		}
		for _, w := range h.Networks() {
			if err := w.Stopped(); err != nil {
				stop(fmt.Errorf("%w: %s: %w", errAgain, w.Name, err))
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// beginners are who may begin networks from a page. In a database several servers may
// have the books, each of which needs the keys of all.
func (c *serverFlags) beginners(p *program) web.Beginners {
	if c.NewNetworks == "" && p.Store == "" {
		return web.Owners
	}
	return web.Beginners(cmp.Or(c.NewNetworks, string(web.Nobody)))
}

// people is where the accounts are kept: beside the books.
func (c *serveCommand) people(p *program) people.Source {
	if p.Store != "" {
		return people.Source{Postgres: p.Store}
	}
	return people.Source{File: filepath.Join(p.Data, "people.sqlite")}
}

// site is what passkeys are bound to.
func site(at string) people.Site {
	u, err := url.Parse(at)
	if err != nil || net.ParseIP(u.Hostname()) != nil { // passkeys need a name
		return people.Site{}
	}
	return people.Site{ID: u.Hostname(), Name: "Commonweal", Origins: []string{u.Scheme + "://" + u.Host}}
}

// welcome says where the networks are, and invites the owners of those that have none.
func (c *serveCommand) welcome(p *program, h *host.Host, at string) error {
	p.say("Commonweal is at %s", at)
	for _, n := range h.Networks() {
		p.say("  %s%s/", at, n.Name)
		secret, err := h.InviteOwner(p.ctx, n)
		if err != nil {
			return err
		}
		if secret == "" {
			continue
		}
		owner, err := n.Owner()
		if err != nil {
			return err
		}
		if owner == nil {
			p.say("    nobody owns it yet; who opens this address first becomes its owner:\n    %ssignup?invitation=%s", at, secret)
		} else {
			p.say("    %s is %s in the books, but no account here comes in as them; who opens this address first does:\n    %ssignup?invitation=%s", owner.Member, owner.Role, at, secret)
		}
	}
	p.say("Stop it with Ctrl-C; nothing that was acknowledged is lost by it.")
	return nil
}

// address is where people reach the server.
func (c *serverFlags) address(l net.Listener) string {
	if c.URL != "" {
		return strings.TrimSuffix(c.URL, "/") + "/"
	}
	scheme := "http"
	if c.TLSCert != "" {
		scheme = "https"
	}
	name, port, err := net.SplitHostPort(c.Listen)
	if err != nil || name == "" || net.ParseIP(name).IsUnspecified() {
		name = "localhost"
	}
	if _, actual, err := net.SplitHostPort(l.Addr().String()); err == nil {
		port = actual // where port 0 was asked for
	}
	u := url.URL{Scheme: scheme, Host: net.JoinHostPort(name, port), Path: "/"}
	return u.String()
}

// begin begins the networks that are asked for and not there yet.
func (c *serverFlags) begin(ctx context.Context, h *host.Host, at string) error {
	if c.Example && h.Network(host.ExampleName) == nil {
		if _, err := h.Example(ctx, at+host.ExampleName+"/"); err != nil {
			return err
		}
	}
	if len(h.Networks()) > 0 {
		return nil
	}
	_, err := h.Begin(ctx, c.Name, at+c.Name+"/")
	return err
}

// logger writes the log to the error stream.
func (c *serverFlags) logger(p *program) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cmp.Or(c.LogLevel, "info"))); err != nil {
		panic(fmt.Sprintf("the parser let %q through", c.LogLevel))
	}
	o := &slog.HandlerOptions{Level: level}
	if c.Log == "json" {
		return slog.New(slog.NewJSONHandler(p.err, o))
	}
	return slog.New(slog.NewTextHandler(p.err, o))
}

// exposed reports whether what people send can be read on its way: they come by http
// from other machines, and no proxy is said to stand between.
func (c *serverFlags) exposed(at string) bool {
	host, _, err := net.SplitHostPort(c.Listen)
	ip := net.ParseIP(host)
	local := err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
	return strings.HasPrefix(at, "http://") && !local && !c.Proxied
}

// nowhere reports whether the server listens on all addresses of its machine, so that
// people come from elsewhere, and was not told the one that they use.
func (c *serverFlags) nowhere() bool {
	name, _, err := net.SplitHostPort(c.Listen)
	return c.URL == "" && err == nil && (name == "" || net.ParseIP(name).IsUnspecified())
}

// unchecked reports whether a database is on another machine and not asked who it is.
func unchecked(store string) bool {
	u, err := url.Parse(store)
	if store == "" || err != nil || cmp.Or(u.Query().Get("sslmode"), os.Getenv("PGSSLMODE")) == "verify-full" {
		return false
	}
	for host := range strings.SplitSeq(cmp.Or(u.Query().Get("host"), u.Host), ",") {
		name := (&url.URL{Host: host}).Hostname()
		ip := net.ParseIP(name)
		if name != "" && name != "localhost" && !strings.HasPrefix(host, "/") && (ip == nil || !ip.IsLoopback()) {
			return true
		}
	}
	return false
}
