package host

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"commonweal/journal"
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
		if err := h.unlessBegun(name, h.share(ctx, name)); err != nil {
			return err
		}
	}
	return nil
}

func (h *Host) databaseOptions() postgres.Options {
	return postgres.Options{Wait: h.wait, Save: sqlite.Save}
}

// share opens a network in the database, which other servers may have open too.
func (h *Host) share(ctx context.Context, name string) error {
	signer, missing, err := h.keyOf(name)
	if err != nil {
		return err
	}
	address, err := postgres.InDatabase(h.store, name)
	if err != nil {
		return err
	}
	trouble := func(err error) {
		h.log.Warn("the database does not answer as it should; it is tried again", "network", name, "reason", err)
	}
	n, err := Shared(ctx, address, h.databaseOptions(), node.Options{Signer: signer, Now: h.now, Wait: h.wait, Images: KeepImage(filepath.Join(h.data, folder, name))}, trouble)
	if err != nil {
		return err
	}
	if missing != "" && signer.PublicKey() != n.Journal().Keys().InUse() {
		return errors.Join(rule.Refuse("keyMissing", "path", missing).At("network "+name), n.Close())
	}
	return h.add(name, n, signer)
}

// keyOf reads the key of a network in the database: from its folder, or where the
// command line has it, which may be that of another network; then missing is where the
// network's own key would be.
func (h *Host) keyOf(name string) (signer journal.Signer, missing string, err error) {
	own := filepath.Join(h.data, folder, name, KeyFile)
	signer, err = ReadKey(own)
	if errors.Is(err, os.ErrNotExist) {
		missing = own
		signer, err = ReadKey(filepath.Join(h.data, KeyFile))
	}
	if errors.Is(err, os.ErrNotExist) {
		err = rule.Refuse("keyMissing", "path", own)
	}
	return signer, missing, err
}

// Shared opens the books at the address of a database, where other processes may
// write too. Trouble is as in node.Share.
func Shared(ctx context.Context, address string, o postgres.Options, with node.Options, trouble func(error)) (*node.Node, error) {
	s, err := postgres.Join(ctx, address, o)
	if err != nil {
		return nil, err
	}
	moment := func(ctx context.Context) (store.Store, error) { return s.Moment(ctx) }
	n, err := node.Share(ctx, s, moment, with, trouble)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return n, nil
}

// beginDatabase begins a network in the database, and opens it.
func (h *Host) beginDatabase(ctx context.Context, name, id string) error {
	signer, err := keyIn(filepath.Join(h.data, folder, name))
	if err != nil {
		return err
	}
	address, err := postgres.InDatabase(h.store, name)
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
