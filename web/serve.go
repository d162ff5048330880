package web

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// Listening is how a site is listened to.
type Listening struct {
	Certificate, Key string        // files in PEM; "" is no TLS
	Grace            time.Duration // how long a stop waits for what is under way; 0 is 10 seconds
	Connections      int           // at most so many at a time; 0 is 20,000
	PerAddress       int           // of one address, where no proxy stands before the server; 0 is 2,000
}

// Serve answers on a listener until the context ends, then stops in order.
func (s *Site) Serve(ctx context.Context, l net.Listener, how Listening) error {
	if how.Grace == 0 {
		how.Grace = 10 * time.Second
	}
	if how.Connections == 0 {
		how.Connections = 20_000
	}
	if how.PerAddress == 0 {
		how.PerAddress = 2_000
	}
	base, cut := context.WithCancel(context.WithoutCancel(ctx)) // ends streams when a stop begins
	defer cut()
	server := &http.Server{
		Handler: s, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return base },
		ErrorLog:    slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
		Protocols:   protocols(how.Certificate != ""),
		HTTP2:       &http.HTTP2Config{MaxConcurrentStreams: 250},
	}
	if how.Certificate != "" {
		server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	l = netutil.LimitListener(l, how.Connections) // those beyond wait at the door
	if !s.o.Proxied {                             // of a proxy all have one address
		l = limited(l, how.PerAddress, s.o.Log)
	}
	failed := make(chan error, 1)
	go func() {
		if how.Certificate != "" {
			failed <- server.ServeTLS(l, how.Certificate, how.Key)
		} else {
			failed <- server.Serve(l)
		}
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	s.stopping.Store(true)
	grace, end := context.WithTimeout(context.WithoutCancel(ctx), how.Grace)
	defer end()
	cut()
	s.close()
	if err := server.Shutdown(grace); err != nil {
		s.o.Log.Warn("stopped before all answers were given", "reason", err)
		return server.Close()
	}
	return nil
}

// protocols are HTTP/1.1 and HTTP/2, the latter also without TLS for proxies that
// speak it.
func protocols(secure bool) *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	p.SetHTTP2(secure)
	p.SetUnencryptedHTTP2(!secure)
	return p
}
