package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/store"
)

// Fill makes a store at a path where nothing is: it hands a new one beside the
// path to a function that fills it, copies that as Backup does, and verifies it. Where anything fails nothing is left.
func Fill(ctx context.Context, path string, o Options, fill func(ctx context.Context, to store.Store) error) (tree tlog.Tree, err error) {
	if err := mustBeFree(path); err != nil {
		return tree, err
	}
	draft := path + ".draft"
	if err := removeAll(draft); err != nil {
		return tree, err
	}
	defer func() {
		err = errors.Join(err, removeAll(draft))
	}()
	s, err := Create(ctx, draft, o)
	if err != nil {
		return tree, err
	}
	err = fill(ctx, s)
	if err = errors.Join(err, s.Close()); err != nil {
		return tree, err
	}
	r, err := openCopy(ctx, draft, o.filled().Driver)
	if err != nil {
		return tree, err
	}
	tree, err = r.copyTo(ctx, path)
	return tree, errors.Join(err, r.closeCopy())
}

// Save writes what a store of any kind holds to a new file at a path, and
// verifies it.
func Save(ctx context.Context, path string, from store.Reader) (tlog.Tree, error) {
	return Fill(ctx, path, Options{}, func(ctx context.Context, to store.Store) error {
		_, err := store.Copy(ctx, from, to)
		return err
	})
}

// removeAll removes a file and what SQLite keeps beside it, where it is there.
func removeAll(path string) error {
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm", "-journal", ".lock", ".lock-journal"} {
		if err := os.Remove(path + suffix); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
