package host

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"

	"commonweal/node"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/store/postgres"
	"commonweal/store/sqlite"
	"commonweal/vf"
)

// openDatabase opens all networks in the database.
func (h *Host) openDatabase(ctx context.Context) error {
	list, err := postgres.Networks(ctx, h.store)
	if err != nil {
		return err
	}
	for _, name := range list {
		if err := h.share(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// address is that of a network in the database.
func (h *Host) address(name string) (string, error) {
	u, err := url.Parse(h.store)
	if err != nil { // it may hold a password, so nothing of it is told
		return "", rule.Refuse("badDatabase", "reason", "it is no address")
	}
	q := u.Query()
	q.Set("network", name)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

func (h *Host) databaseOptions() postgres.Options {
	return postgres.Options{Wait: h.wait, Save: sqlite.Save}
}

// share opens a network in the database, which other servers may have open too.
func (h *Host) share(ctx context.Context, name string) error {
	key := filepath.Join(h.data, folder, name, KeyFile)
	signer, err := ReadKey(key)
	if errors.Is(err, os.ErrNotExist) {
		return rule.Refuse("keyMissing", "path", key)
	}
	if err != nil {
		return err
	}
	address, err := h.address(name)
	if err != nil {
		return err
	}
	s, err := postgres.Join(ctx, address, h.databaseOptions())
	if err != nil {
		return err
	}
	moment := func(ctx context.Context) (store.Store, error) { return s.Moment(ctx) }
	trouble := func(err error) {
		h.log.Warn("the database does not answer as it should; it is tried again", "network", name, "reason", err)
	}
	n, err := node.Share(ctx, s, moment, node.Options{Signer: signer, Now: h.now, Wait: h.wait}, trouble)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	return h.add(name, n)
}

// beginDatabase begins a network in the database, and opens it.
func (h *Host) beginDatabase(ctx context.Context, name, id string) error {
	signer, err := keyIn(filepath.Join(h.data, folder, name))
	if err != nil {
		return err
	}
	address, err := h.address(name)
	if err != nil {
		return err
	}
	s, err := postgres.Create(ctx, address, h.databaseOptions())
	if err != nil {
		return err
	}
	n, err := node.Create(ctx, s, id, vf.ID(id), node.Options{Signer: signer, Now: h.now})
	if err != nil {
		return errors.Join(err, s.Close())
	}
	if err := n.Close(); err != nil {
		return err
	}
	return h.share(ctx, name)
}
