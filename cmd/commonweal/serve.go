package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"commonweal/host"
	"commonweal/rule"
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
	Example      bool          `help:"Begin a real example network, with its season ahead." env:"COMMONWEAL_EXAMPLE"`
	TLSCert      string        `name:"tls-cert" help:"Certificate in PEM, for https without a proxy." env:"COMMONWEAL_TLS_CERT"`
	TLSKey       string        `name:"tls-key" help:"Key of the certificate." env:"COMMONWEAL_TLS_KEY"`
	Log          string        `help:"How the log is written: text or json." enum:"text,json" env:"COMMONWEAL_LOG" default:"text"`
	LogLevel     string        `help:"What is logged: debug, info, warn or error." enum:"debug,info,warn,error" env:"COMMONWEAL_LOG_LEVEL" default:"info"`
	MetricsToken string        `help:"Who sends it may read /metrics from other machines." env:"COMMONWEAL_METRICS_TOKEN"`
	Rate         float64       `help:"Requests a second that one address may make; 0 is without limit." env:"COMMONWEAL_RATE" default:"100"`
	Grace        time.Duration `help:"How long a stop waits for what is under way." env:"COMMONWEAL_GRACE" default:"10s"`
}

// Run serves until it is told to stop.
func (c *serveCommand) Run(p *program) (err error) {
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return rule.Refuse("cannotListen", "address", c.Listen, "reason", err.Error())
	}
	log := c.logger(p)
	h, err := host.Open(p.ctx, host.Options{Data: p.Data, Store: p.Store, Wait: p.Wait, Log: log})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	at := c.address(l)
	if err := c.begin(p.ctx, h, at); err != nil {
		return errors.Join(err, l.Close())
	}
	site := web.New(web.Options{Host: h, Log: log, Version: version, MetricsToken: c.MetricsToken, Rate: c.Rate})
	p.say("Commonweal is at %s", at)
	for _, n := range h.Networks() {
		p.say("  %s%s/", at, n.Name)
	}
	p.say("Stop it with Ctrl-C; nothing that was acknowledged is lost by it.")
	return site.Serve(p.ctx, l, web.Listening{Certificate: c.TLSCert, Key: c.TLSKey, Grace: c.Grace})
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
