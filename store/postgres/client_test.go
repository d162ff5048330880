package postgres_test

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"commonweal/journal"
	"commonweal/store"
	"commonweal/store/postgres"
	"commonweal/store/storetest"
)

// client writes acts as a node does: it knows the journal's state, and looks
// whether a key was used before it acts.
type client struct {
	store *postgres.Store
	books *storetest.Books
}

// catchUp reads what the client does not know of the journal.
func (c *client) catchUp(ctx context.Context) error {
	return c.store.Entries(ctx, c.books.State.Size(), func(_ int64, raw []byte) error {
		_, _, err := c.books.State.Apply(raw)
		return err
	})
}

// do acts at most once for each key.
func (c *client) do(ctx context.Context, t testing.TB, key string) error {
	return c.books.Once(ctx, t, c.store, key)
}

// lead opens the books through an address, waits for the lead and catches up.
func lead(ctx context.Context, address string) (*client, error) {
	s, err := postgres.Join(ctx, address, postgres.Options{})
	if err != nil {
		return nil, err
	}
	c := &client{s, storetest.NewBooks()}
	if _, _, err = s.Lead(ctx); err == nil {
		err = c.catchUp(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return c, nil
}

// checkKeys checks that the acts 0 to the last acknowledged are in the journal
// once each, and at most so many more, which were under way.
func checkKeys(t *testing.T, address string, acknowledged, more int) {
	t.Helper()
	m, err := postgres.Read(t.Context(), address, postgres.Options{})
	must(t, err)
	defer m.Close()
	tree, err := m.Check(t.Context())
	must(t, err)
	if n := int(tree.N); n < acknowledged+1 || n > acknowledged+1+more {
		t.Errorf("%d acts were acknowledged, and %d are in the journal", acknowledged+1, n)
	}
	must(t, m.Entries(t.Context(), 0, func(seq int64, raw []byte) error {
		e, err := journal.Decode(raw)
		if err == nil && e.Act.Key != strconv.FormatInt(seq, 10) {
			t.Errorf("entry %d holds the act %s", seq, e.Act.Key)
		}
		return err
	}))
	for view, prefix := range map[string]string{"key": "", store.Profiles: "p"} {
		rows := map[string]bool{}
		must(t, m.Scan(t.Context(), view, func(key string, _ []byte) error {
			rows[key] = true
			return nil
		}))
		for n := range tree.N {
			if !rows[prefix+strconv.FormatInt(n, 10)] {
				t.Errorf("there is no row of act %d in %s", n, view)
			}
		}
	}
}

// copyFrom fills a store with what another holds.
func copyFrom(from store.Reader) func(context.Context, store.Store) error {
	return func(ctx context.Context, to store.Store) error {
		_, err := store.Copy(ctx, from, to)
		return err
	}
}
