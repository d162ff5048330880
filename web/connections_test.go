package web

import (
	"io"
	"log/slog"
	"net"
	"testing"
)

// One address has so many connections and no more, until one of them ends.
func TestConnectionsOfOneAddress(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := limited(l, 2, slog.New(slog.DiscardHandler))
	accepted := make(chan net.Conn)
	go func() {
		for {
			c, err := p.Accept()
			if err != nil {
				close(accepted)
				return
			}
			accepted <- c
		}
	}()
	dial := func(from string) net.Conn {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		c, err := d.DialContext(t.Context(), "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	dial("127.0.0.1")
	first := <-accepted
	dial("127.0.0.1")
	<-accepted
	if _, err := io.ReadAll(dial("127.0.0.1")); err != nil { // it is closed at once
		t.Logf("closed with %v", err)
	}
	dial("127.0.0.2")
	if other := <-accepted; hostOf(other.RemoteAddr()) != "127.0.0.2" {
		t.Errorf("%s has a connection too many", other.RemoteAddr())
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	dial("127.0.0.1")
	<-accepted
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, more := <-accepted; more {
		t.Error("a connection too many")
	}
}
