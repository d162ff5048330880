package host_test

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"commonweal/host"
	"commonweal/store"
	"commonweal/store/sqlite"
)

// logged is a log that can be read while it is written.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) has(t *testing.T, text string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !strings.Contains(l.b.String(), text) {
		t.Errorf("the log does not say “%s”:\n%s", text, l.b.String())
	}
}

// verified waits until the books of a network were verified.
func verified(t *testing.T, w *host.Network) host.Verified {
	t.Helper()
	for {
		if v := w.Verified(); v.Done || v.Failed != nil {
			return v
		}
		select {
		case <-t.Context().Done():
			t.Fatal("the books were never verified")
		case <-time.After(time.Millisecond):
		}
	}
}

// Books are verified behind what is served; where they differ from their journal they
// take no acts, and say so.
func TestHostVerifiesBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := &logged{}
	o := host.Options{Data: dir, Verify: time.Millisecond, Log: slog.New(slog.NewTextHandler(log, nil))}
	h, err := host.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Example(t.Context(), "https://example.org/"+host.ExampleName+"/"); err != nil {
		t.Fatal(err)
	}
	w := h.Network(host.ExampleName)
	if v := verified(t, w); !v.Done || v.Entries < 1 || v.Of < v.Entries || w.Ready(t.Context()) != nil {
		t.Errorf("%+v, ready %v", v, w.Ready(t.Context()))
	}
	log.has(t, "verified the books")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(context.Background(), filepath.Join(dir, "networks", host.ExampleName, host.BooksFile), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Append(t.Context(), store.Batch{Views: []store.Put{{View: "author", Key: "nothing", Value: []byte("nobody")}}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if h, err = host.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	w = h.Network(host.ExampleName)
	if v := verified(t, w); v.Failed == nil || w.Ready(t.Context()) == nil {
		t.Errorf("%+v, ready %v", v, w.Ready(t.Context()))
	}
	log.has(t, "viewsDiffer")
}
