package web

import (
	"log/slog"
	"net"
	"sync"
)

// perAddress is a listener that lets one address have so many connections at a time:
// those beyond are closed at once, so that nobody takes the places of all.
type perAddress struct {
	net.Listener
	most int
	log  *slog.Logger

	mu sync.Mutex
	by map[string]int
}

func limited(l net.Listener, most int, log *slog.Logger) *perAddress {
	return &perAddress{Listener: l, most: most, log: log, by: map[string]int{}}
}

// Accept waits for the next connection that may be had.
func (p *perAddress) Accept() (net.Conn, error) {
	for {
		c, err := p.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := hostOf(c.RemoteAddr())
		if p.take(from) {
			return &place{Conn: c, leave: sync.OnceFunc(func() { p.leave(from) })}, nil
		}
		_ = c.Close() // there is nobody to tell
	}
}

// take counts a connection in, if there is place for it.
func (p *perAddress) take(from string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by[from] >= p.most {
		return false
	}
	if p.by[from]++; p.by[from] == p.most {
		p.log.Warn("an address has all the connections that it may have; more are closed", "address", from, "limit", p.most)
	}
	return true
}

func (p *perAddress) leave(from string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by[from]--; p.by[from] == 0 {
		delete(p.by, from)
	}
}

func hostOf(a net.Addr) string {
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}

// place is a connection that is counted.
type place struct {
	net.Conn
	leave func()
}

// Close gives the place free.
func (c *place) Close() error {
	c.leave()
	return c.Conn.Close()
}
