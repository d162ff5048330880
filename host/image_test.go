package host_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"commonweal/host"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/store/sqlite"
	"commonweal/vf"
)

type text string

func (s text) WriteTo(w io.Writer) (int64, error) {
	n, err := io.Copy(w, strings.NewReader(string(s)))
	if s == "bad" {
		return n, errors.New("the disk is full")
	}
	return n, err
}

// An image takes the place of the one before whole or not at all.
func TestImageFile(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "networks", "wool")
	images := host.KeepImage(dir)
	if raw, err := images.Read(); raw != nil || err != nil {
		t.Errorf("nothing was written, and there is %q, %v", raw, err)
	}
	if err := images.Write(text("first")); err != nil {
		t.Fatal(err)
	}
	if err := images.Write(text("bad")); err == nil {
		t.Error("half of it was written, and nobody said so")
	}
	if err := os.WriteFile(filepath.Join(dir, host.ImageFile+".part"), []byte("of a life that was cut short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if raw, err := images.Read(); string(raw) != "first" || err != nil {
		t.Errorf("%q, %v", raw, err)
	}
	if err := images.Write(text("second")); err != nil {
		t.Fatal(err)
	}
	if raw, err := images.Read(); string(raw) != "second" || err != nil {
		t.Errorf("%q, %v", raw, err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// A host opens books from their image, and plans them.
func TestHostOpensTheImage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h, err := host.Open(t.Context(), host.Options{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Begin(t.Context(), "wool", "https://example.org/wool/"); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	keepImageOf(t, filepath.Join(dir, "networks", "wool"))
	if h, err = host.Open(t.Context(), host.Options{Data: dir}); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = h.Close() }()
	w := h.Network("wool")
	if how := w.Opened(); how.Image != 2 || how.Entries != 1 || how.Why != nil {
		t.Errorf("opened %+v", how)
	}
	if _, last, err := w.PlanOf(t.Context(), 2); last != 2 || err != nil {
		t.Errorf("planned up to %d, %v", last, err)
	}
	if err := w.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

// keepImageOf enters an act, makes an image, and enters another act.
func keepImageOf(t *testing.T, dir string) {
	t.Helper()
	signer, err := host.ReadKey(filepath.Join(dir, host.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(context.Background(), filepath.Join(dir, host.BooksFile), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := node.Open(t.Context(), s, node.Options{Signer: signer, Images: host.KeepImage(dir)})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []vf.ID{"agent/a", "agent/b"} {
		if _, err := n.Do(t.Context(), node.Act{Kind: journal.Declare, Author: "agent/a", Key: string(id), Records: []vf.Record{&vf.Agent{ID: id, Type: "Organization", Name: "Mill"}}}); err != nil {
			t.Fatal(err)
		}
		if id == "agent/a" {
			if err := n.Keep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
}
