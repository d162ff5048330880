package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/rule"
	"commonweal/store"
)

// Backup writes a copy of the store as it is at one moment, while it is in use,
// to a path where nothing is. The copy is read back and verified: the journal in
// it must be sound, and have the root that the store has for that size. It
// returns size and root.
func (s *Store) Backup(ctx context.Context, path string) (tlog.Tree, error) {
	tree, err := s.copyTo(ctx, path)
	if err != nil {
		return tlog.Tree{}, err
	}
	now, err := openCopy(ctx, s.path, s.driver) // the copy may be newer than what this reader sees
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.TreeHash(tree.N, store.HashReader(ctx, now))
	if err = errors.Join(err, now.closeCopy()); err != nil {
		return tlog.Tree{}, err
	}
	if root != tree.Hash {
		err := fmt.Errorf("the copy at %s has the root %s for %d entries, the books have %s; it was removed", path, tree.Hash, tree.N, root)
		return tlog.Tree{}, errors.Join(err, os.Remove(path))
	}
	return tree, nil
}

// Restore makes a store at a path where nothing is from a backup. The backup is
// verified first, and the copy after, which must have the same root. It returns
// size and root.
func Restore(ctx context.Context, backup, path string, o Options) (_ tlog.Tree, err error) {
	if err := mustBeFree(path); err != nil {
		return tlog.Tree{}, err
	}
	if err := lookAt(backup, false); err != nil {
		return tlog.Tree{}, err
	}
	r, err := openCopy(ctx, backup, o.filled().Driver)
	if err != nil {
		return tlog.Tree{}, err
	}
	defer func() { err = errors.Join(err, r.closeCopy()) }()
	want, err := r.Check(ctx)
	if err != nil {
		return tlog.Tree{}, err
	}
	tree, err := r.copyTo(ctx, path)
	if err == nil && tree != want {
		err = fmt.Errorf("the copy at %s has %d entries and the root %s, the backup %d and %s; it was removed", path, tree.N, tree.Hash, want.N, want.Hash)
		err = errors.Join(err, os.Remove(path))
	}
	return tree, err
}

func mustBeFree(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if _, err := os.Lstat(path + suffix); err == nil {
			return rule.Refuse("storeExists", "path", path+suffix)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// copied is the reader of a file through connections of its own.
type copied struct {
	reader
	pool *sql.DB
}

func (c *copied) closeCopy() error { return c.pool.Close() }

// openCopy opens a file to read it, each time as it is then.
func openCopy(ctx context.Context, path string, d Driver) (*copied, error) {
	pool, err := d.open(path, url.Values{"mode": {"ro"}}, "busy_timeout(10000)")
	if err != nil {
		return nil, err
	}
	r := &copied{reader{path: path, driver: d, db: pool}, pool}
	found, err := r.identify(ctx, r.db)
	r.layout = found.layout
	if err == nil && found.layout == 0 {
		err = rule.Refuse("notAStore", "path", path, "reason", "it is empty")
	}
	if err != nil {
		return nil, errors.Join(r.explain(err), r.closeCopy())
	}
	return r, nil
}

// copyTo writes what the reader sees at one moment to a file beside the path,
// verifies it, makes it durable, and only then gives it the path's name.
func (r *reader) copyTo(ctx context.Context, path string) (tree tlog.Tree, err error) {
	if err := mustBeFree(path); err != nil {
		return tree, err
	}
	part := path + ".part"
	if err := removeAll(part); err != nil {
		return tree, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, removeAll(part))
		}
	}()
	if err := os.WriteFile(part, nil, 0o600); err != nil { // for its owner alone
		return tree, err
	}
	source, err := r.driver.open(r.path, url.Values{"mode": {"ro"}}, "busy_timeout(10000)")
	if err != nil {
		return tree, err
	}
	_, err = source.ExecContext(ctx, "VACUUM INTO ?", part)
	if err = errors.Join(r.explain(err), source.Close()); err != nil {
		return tree, err
	}
	if tree, err = checkCopy(ctx, part, r.driver); err != nil {
		return tree, err
	}
	if err := syncPath(part); err != nil {
		return tree, err
	}
	if err := mustBeFree(path); err != nil {
		return tree, err
	}
	if err := os.Rename(part, path); err != nil {
		return tree, err
	}
	return tree, syncPath(filepath.Dir(path))
}

func checkCopy(ctx context.Context, path string, d Driver) (tlog.Tree, error) {
	d.Params = nil
	r, err := openCopy(ctx, path, d)
	if err != nil {
		return tlog.Tree{}, err
	}
	tree, err := r.Check(ctx)
	return tree, errors.Join(err, r.closeCopy())
}

// syncPath makes a file or a folder durable.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
