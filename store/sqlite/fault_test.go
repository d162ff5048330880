package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/ncruces/go-sqlite3/util/vfsutil"
	"github.com/ncruces/go-sqlite3/vfs"

	"commonweal/store"
	"commonweal/store/sqlite"
	"commonweal/store/storetest"
)

// harm is what a failing disk does with a write, a sync or a truncation.
type harm int

const (
	nothing harm = iota // it is not done
	half                // half of it is done
	all                 // it is done, and an error is told all the same
)

// disk is the operating system's files, of which the n-th write fails.
type disk struct {
	vfs.VFS
	name    string
	failAt  int64 // 0 never
	forGood bool
	harm    harm
	writes  atomic.Int64
	failed  atomic.Int64
	syncs   atomic.Int64
}

var errDisk = errors.New("the disk was made to fail")

func (d *disk) fails() bool {
	n := d.writes.Add(1)
	if d.failAt == 0 || n < d.failAt || n > d.failAt && !d.forGood {
		return false
	}
	d.failed.Add(1)
	return true
}

func (d *disk) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := vfsutil.WrapOpen(d.VFS, name, flags)
	return d.wrap(f, err), flags, err
}

func (d *disk) OpenFilename(name *vfs.Filename, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	f, flags, err := vfsutil.WrapOpenFilename(d.VFS, name, flags)
	return d.wrap(f, err), flags, err
}

func (d *disk) wrap(f vfs.File, err error) vfs.File {
	if err != nil {
		return f
	}
	return &diskFile{f, d}
}

// diskFile is one file on a failing disk.
type diskFile struct {
	vfs.File
	disk *disk
}

func (f *diskFile) SharedMemory() vfs.SharedMemory {
	if s, ok := f.File.(vfs.FileSharedMemory); ok {
		return s.SharedMemory()
	}
	return nil
}

func (f *diskFile) WriteAt(b []byte, at int64) (int, error) {
	if !f.disk.fails() {
		return f.File.WriteAt(b, at)
	}
	n := map[harm]int{half: len(b) / 2, all: len(b)}[f.disk.harm]
	if n > 0 {
		if n, err := f.File.WriteAt(b[:n], at); err != nil {
			return n, err
		}
	}
	return n, errDisk
}

func (f *diskFile) Sync(flags vfs.SyncFlag) error {
	f.disk.syncs.Add(1)
	if !f.disk.fails() {
		return f.File.Sync(flags)
	}
	return errDisk
}

func (f *diskFile) Truncate(size int64) error {
	if !f.disk.fails() {
		return f.File.Truncate(size)
	}
	return errDisk
}

// acts is how many acts are tried on a failing disk.
const acts = 4

// TestFailingWrites lets each single write to the disk fail in turn, once or for
// good, not done, half done or done, while a store begins, while its layout is brought
// up to date, and while acts are appended. Whatever fails, what was acknowledged is there after the disk is
// mended, each act once, and no failure was answered as if nothing had been
// written.
func TestFailingWrites(t *testing.T) {
	t.Parallel()
	template := filepath.Join(t.TempDir(), "template")
	c, err := openClient(t.Context(), template, sqlite.Options{})
	if err == nil {
		err = errors.Join(c.do(t.Context(), t, "0"), c.store.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	before := filepath.Join(t.TempDir(), "of the layout before")
	raw, err := os.ReadFile(template)
	if err == nil {
		err = os.WriteFile(before, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	ofLayoutOne(t, before)
	for _, from := range []string{"", template, before} {
		for _, forGood := range []bool{false, true} {
			for harm, name := range map[harm]string{nothing: "not done", half: "half done", all: "done"} {
				t.Run(fmt.Sprintf("%s, for good %v, from %q", name, forGood, filepath.Base(from)), func(t *testing.T) {
					t.Parallel()
					failEach(t, from, forGood, harm)
				})
			}
		}
	}
}

// failEach lets one write after the other fail until none is left. Without
// COMMONWEAL_SOAK half done and done ones are tried by samples.
func failEach(t *testing.T, from string, forGood bool, harm harm) {
	step, hit := int64(1), 0
	if harm != nothing && os.Getenv("COMMONWEAL_SOAK") == "" {
		step = 5
	}
	for n := int64(1); ; n += step {
		d := &disk{VFS: vfs.Find(""), name: t.Name() + strconv.FormatInt(n, 10), failAt: n, forGood: forGood, harm: harm}
		synctest.Test(t, func(t *testing.T) { // so that waiting before another try takes no time
			failingWrites(t, d, from)
		})
		if d.failed.Load() == 0 {
			break
		}
		hit++
	}
	t.Logf("%d writes made to fail", hit)
	if hit < 5 {
		t.Errorf("only %d writes were made to fail: the test tries too little", hit)
	}
}

// failingWrites acts on a disk that fails, and again after it is mended. The
// store begins there, or is a copy of one.
func failingWrites(t *testing.T, d *disk, from string) {
	t.Helper()
	vfs.Register(d.name, d)
	defer vfs.Unregister(d.name)
	ctx, path, wanted := t.Context(), filepath.Join(t.TempDir(), "books"), 1
	if from != "" {
		wanted = acts
		raw, err := os.ReadFile(from)
		if err == nil {
			err = os.WriteFile(path, raw, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	driver := sqlite.Ncruces()
	driver.Params = url.Values{"vfs": {d.name}}
	acknowledged := actUntilFailure(t, ctx, path, wanted, sqlite.Options{Driver: driver})
	c, err := openClient(ctx, path, sqlite.Options{}) // on a disk that is well
	if err != nil {
		t.Fatalf("write %d: the store does not open on a mended disk: %v", d.failAt, err)
	}
	if _, err := c.store.Check(ctx); err != nil {
		t.Fatalf("write %d: %v", d.failAt, err)
	}
	if n := int(c.books.State.Size()); n < acknowledged || n > acknowledged+1 {
		t.Fatalf("write %d: %d acts were acknowledged, and %d are in the journal", d.failAt, acknowledged, n)
	}
	for n := range wanted {
		if err := c.do(ctx, t, strconv.Itoa(n)); err != nil {
			t.Fatal(err)
		}
	}
	checkKeys(t, c.store, wanted-1)
	if n := int(c.books.State.Size()); n != wanted {
		t.Errorf("write %d: %d acts became %d", d.failAt, wanted, n)
	}
	if err := c.store.Close(); err != nil {
		t.Fatal(err)
	}
}

// actUntilFailure returns how many acts were acknowledged, those before included.
func actUntilFailure(t *testing.T, ctx context.Context, path string, wanted int, o sqlite.Options) int {
	t.Helper()
	c, err := openClient(ctx, path, o)
	if err != nil {
		return 0
	}
	defer c.store.Close()
	for n := range wanted {
		err := c.do(ctx, t, strconv.Itoa(n))
		switch {
		case err == nil:
			continue
		case errors.Is(err, store.ErrStopped) && n > 0: // the log could not be emptied after the act before
		case !errors.Is(err, store.ErrUnknown):
			t.Errorf("act %d was answered with %v, not that its outcome is unknown", n, err)
		}
		again := c.store.Append(ctx, store.Batch{Views: []store.Put{{View: "v", Key: "k", Value: []byte("v")}}})
		if !errors.Is(again, store.ErrStopped) {
			t.Errorf("after a failure the store answered with %v", again)
		}
		return n
	}
	return wanted
}

// TestManyAppendsShareACommit counts how often the disk is made to hold on to
// what it got.
func TestManyAppendsShareACommit(t *testing.T) {
	t.Parallel()
	d := &disk{VFS: vfs.Find(""), name: t.Name()}
	vfs.Register(d.name, d)
	defer vfs.Unregister(d.name)
	driver := sqlite.Ncruces()
	driver.Params = url.Values{"vfs": {d.name}}
	s, err := sqlite.Create(t.Context(), filepath.Join(t.TempDir(), "books"), sqlite.Options{Driver: driver})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const appends = 400
	before := d.syncs.Load()
	start := make(chan struct{})
	var wait sync.WaitGroup
	for n := range appends {
		wait.Go(func() {
			<-start
			if err := s.Append(t.Context(), store.Batch{Views: []store.Put{{View: "v", Key: strconv.Itoa(n), Value: []byte("x")}}}); err != nil {
				t.Error(err)
			}
		})
	}
	close(start)
	wait.Wait()
	syncs := d.syncs.Load() - before
	t.Logf("%d appends took %d syncs", appends, syncs)
	if syncs == 0 || syncs > appends/2 {
		t.Errorf("%d appends that waited together took %d syncs", appends, syncs)
	}
}

func TestFaultyStores(t *testing.T) {
	t.Parallel()
	for _, fault := range []storetest.Fault{storetest.Lost, storetest.Kept} {
		for n := 1; n <= 5; n++ {
			s, err := sqlite.Create(t.Context(), filepath.Join(t.TempDir(), "books"), sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			f, books := &storetest.Faulty{Store: s, Plan: storetest.Once(n, fault)}, storetest.NewBooks()
			for k := 1; k <= 5; k++ {
				before := books.State.Clone()
				err := f.Append(t.Context(), books.Next(t, strconv.Itoa(k)))
				if (k == n) != errors.Is(err, store.ErrUnknown) {
					t.Fatalf("write %d of which %d fails was answered with %v", k, n, err)
				}
				if k == n && !errors.Is(f.Append(t.Context(), store.Batch{}), store.ErrStopped) {
					t.Error("a faulty store did not stop")
				}
				f.Reopen()
				if k == n && fault == storetest.Lost {
					books.State = before
				}
			}
			want := int64(5)
			if fault == storetest.Lost {
				want = 4
			}
			if tree, err := s.Check(t.Context()); err != nil || tree.N != want {
				t.Errorf("write %d, fault %d: %d entries, %v", n, fault, tree.N, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
