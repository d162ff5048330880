package host

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"commonweal/store/postgres/pgtest"
)

// TestANetworkOfAnotherServer begins one on a server of two, in whose database the other
// finds it: it says where the key belongs, once, and serves the network when that came.
func TestANetworkOfAnotherServer(t *testing.T) {
	t.Parallel()
	url, ctx := pgtest.URL(t), context.Background()
	var log bytes.Buffer
	open := func(dir string, to *bytes.Buffer) *Host {
		o := Options{Data: dir, Store: url, Now: today}
		if to != nil {
			o.Log = slog.New(slog.NewTextHandler(to, nil))
		}
		h, err := Open(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = h.Close() })
		return h
	}
	here, there := t.TempDir(), t.TempDir()
	a, b := open(here, nil), open(there, &log)
	begun, err := a.Begin(ctx, "mill", "https://example.org/mill/")
	if err != nil {
		t.Fatal(err)
	}
	look := func(want int) []*Network {
		t.Helper()
		found, err := b.Look(ctx)
		if err != nil || len(found) != want {
			t.Fatalf("found %v, %v; want %d", found, err, want)
		}
		return found
	}
	for range 3 {
		look(0)
	}
	if l := b.Lacking(); len(l) != 1 || l[0].Name != "mill" || l[0].File != "networks/mill/network.key" || l[0].Why == nil {
		t.Errorf("lacking is %+v", l)
	}
	if text := log.String(); strings.Count(text, "another server began") != 1 || !strings.Contains(text, filepath.Join(there, "networks", "mill", "network.key")) {
		t.Errorf("the log says %s", text)
	}
	own, raw := filepath.Join(there, "networks", "mill"), []byte(nil)
	if raw, err = os.ReadFile(filepath.Join(here, "networks", "mill", KeyFile)); err == nil {
		err = os.MkdirAll(own, 0o750)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := MakeKey(filepath.Join(own, KeyFile)); err != nil {
		t.Fatal(err)
	}
	look(0) // another key
	if err := os.WriteFile(filepath.Join(own, KeyFile), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	w := look(1)[0]
	if w != b.Network("mill") || w.Network() != begun.Network() || len(b.Lacking()) > 0 {
		t.Errorf("opened is %v, lacking %v", w.Network(), b.Lacking())
	}
	look(0)
	if err := w.Ready(ctx); err != nil {
		t.Error(err)
	}
}
