package host

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/people"
	"commonweal/rule"
	"commonweal/store/sqlite"
	"commonweal/vf"
)

// The files of a network in the data folder.
const (
	BooksFile = "books.sqlite"
	KeyFile   = "network.key"
	folder    = "networks"
)

// Options is what a host is opened with.
type Options struct {
	Data  string        // the data folder; made if it is not there
	Store string        // address of a database for the books (postgres://…); "" keeps them in the data folder
	Wait  time.Duration // how long to wait for another writer of the same books: 0 is the default, less is not at all
	Now   func() vf.Time
	Log   *slog.Logger

	// Verify is how long after the books were opened they begin to be verified behind what
	// is served: 0 is 5 seconds, less is not at all.
	Verify time.Duration

	People *people.People // who hear of what concerns them, and join; nil where nobody signs in
}

// Host is what one server has open. Its methods may be called at the same time
// from several goroutines.
type Host struct {
	data  string
	store string
	wait  time.Duration
	now   func() vf.Time
	log   *slog.Logger
	rest  func(took time.Duration) time.Duration // of followers, after a planning

	verify time.Duration // as Options.Verify

	people *people.People

	begins   sync.Mutex // one network is begun at a time
	mu       sync.RWMutex
	networks map[string]*Network
	lacking  map[string]Lack         // networks of others that are not open here, by name
	found    []func(*Network)        // who hears of networks of others that were opened
	unlook   func()                  // ends looking for them
	first    atomic.Pointer[Network] // the one that was begun first
}

// Open opens all networks in a data folder. Where one cannot be opened none is,
// and the error says which.
func Open(ctx context.Context, o Options) (*Host, error) {
	if o.Now == nil {
		o.Now = func() vf.Time { return vf.At(time.Now().Unix()) }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	h := &Host{data: o.Data, store: o.Store, wait: o.Wait, now: o.Now, log: o.Log, rest: afterPlanning, verify: o.Verify, people: o.People,
		networks: map[string]*Network{}, lacking: map[string]Lack{}, unlook: func() {}}
	if err := os.MkdirAll(o.Data, 0o750); err != nil {
		return nil, err
	}
	if err := h.openAll(ctx); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

func (h *Host) openAll(ctx context.Context) error {
	if h.store != "" {
		return h.openDatabase(ctx)
	}
	for _, dir := range h.folders() {
		if err := h.open(ctx, dir); err != nil {
			return err
		}
	}
	return nil
}

// folders lists where books may be.
func (h *Host) folders() []string {
	list := []string{h.data}
	entries, err := os.ReadDir(filepath.Join(h.data, folder))
	if err != nil {
		return list // there is no such folder yet
	}
	for _, e := range entries {
		if e.IsDir() && names.MatchString(e.Name()) {
			list = append(list, filepath.Join(h.data, folder, e.Name()))
		}
	}
	return list
}

// open opens the network in a folder, if there is one.
func (h *Host) open(ctx context.Context, dir string) error {
	books := filepath.Join(dir, BooksFile)
	if _, err := os.Stat(books); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	key := filepath.Join(dir, KeyFile)
	signer, err := ReadKey(key)
	if errors.Is(err, fs.ErrNotExist) {
		return rule.Refuse("keyMissing", "path", key)
	}
	if err != nil {
		return err
	}
	s, err := sqlite.Open(ctx, books, sqlite.Options{Wait: h.wait})
	if err != nil {
		return err
	}
	n, err := node.Open(ctx, s, node.Options{Signer: signer, Now: h.now, Images: KeepImage(dir)})
	if err != nil {
		return h.unlessBegun(dir, errors.Join(err, s.Close()))
	}
	name := filepath.Base(dir)
	if dir == h.data {
		name = NameOf(n.Network())
	}
	return h.add(name, n, signer)
}

// unlessBegun passes over books without a genesis: their beginning was cut short,
// and Begin goes on with it.
func (h *Host) unlessBegun(where string, err error) error {
	var r *rule.Refusal
	if errors.As(err, &r) && r.Rule == "notBegun" {
		h.log.Warn("a network was not begun to the end; beginning it again goes on with it", "where", where)
		return nil
	}
	return err
}

// errRead ends a reading of the journal.
var errRead = errors.New("what was wanted is read")

// begun is when a network was begun.
func begun(n *node.Node) (at vf.Time, err error) {
	err = n.Store().Entries(context.Background(), 0, func(_ int64, raw []byte) error {
		e, err := journal.Decode(raw)
		if err != nil {
			return err
		}
		at = e.Act.At
		return errRead
	})
	if errors.Is(err, errRead) {
		err = nil
	}
	return at, err
}

// add takes an open network in, if its key is the one that signs.
func (h *Host) add(name string, n *node.Node, signer journal.Signer) error {
	if mine, inUse := signer.PublicKey(), n.Journal().Keys().InUse(); mine != inUse {
		return errors.Join(rule.Refuse("keyNotInUse", "key", string(mine), "inUse", string(inUse)).At("network "+name), n.Close())
	}
	at, err := begun(n)
	if err != nil {
		return errors.Join(err, n.Close())
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if other := h.networks[name]; other != nil {
		return errors.Join(rule.Refuse("nameTaken", "name", name, "network", other.Network()), n.Close())
	}
	w := h.follow(name, n)
	w.begun = at
	h.networks[name] = w
	if f := h.first.Load(); f == nil || at.Before(f.begun.Time) || at.Equal(f.begun.Time) && name < f.Name {
		h.first.Store(w)
	}
	return nil
}

// First returns the network of this server that was begun first; nil if there is none.
func (h *Host) First() *Network { return h.first.Load() }

// reserved are the first parts of addresses that are the server's own, so that no
// network can be called so.
var reserved = map[string]bool{"account": true, "context": true, "entrance": true, "graphiql": true, "graphql": true, "healthz": true, "metrics": true, "ns": true,
	"readyz": true, "recover": true, "schema": true, "signin": true, "signout": true, "signup": true, "static": true}

// names are what networks can be called.
var names = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,47}$`)

// NameOf is what a network is called on a server: the last part of its id, as far
// as that can be a name, else "network".
func NameOf(network string) string {
	u, err := url.Parse(network)
	if err != nil {
		return "network"
	}
	if name := strings.ToLower(path.Base(u.Path)); names.MatchString(name) && !reserved[name] {
		return name
	}
	return "network"
}

// Network returns the network of a name, nil if there is none.
func (h *Host) Network(name string) *Network {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.networks[name]
}

// Networks lists the networks by name.
func (h *Host) Networks() []*Network {
	h.mu.RLock()
	defer h.mu.RUnlock()
	list := make([]*Network, 0, len(h.networks))
	for _, name := range slices.Sorted(maps.Keys(h.networks)) {
		list = append(list, h.networks[name])
	}
	return list
}

// Begin begins a network: its key, its books and its genesis. A beginning that was
// cut short is gone on with. It may be called while the others are used.
func (h *Host) Begin(ctx context.Context, name, id string) (*Network, error) {
	if !names.MatchString(name) || reserved[name] {
		return nil, rule.Refuse("badName", "name", name)
	}
	h.begins.Lock()
	defer h.begins.Unlock()
	if other := h.Network(name); other != nil {
		return nil, rule.Refuse("nameTaken", "name", name, "network", other.Network())
	}
	begin := h.beginFolder
	if h.store != "" {
		begin = h.beginDatabase
	}
	if err := begin(ctx, name, id); err != nil {
		return nil, err
	}
	return h.Network(name), nil
}

// beginFolder begins a network in the data folder.
func (h *Host) beginFolder(ctx context.Context, name, id string) error {
	dir := filepath.Join(h.data, folder, name)
	signer, err := keyIn(dir)
	if err != nil {
		return err
	}
	s, err := sqlite.Create(ctx, filepath.Join(dir, BooksFile), sqlite.Options{Wait: h.wait})
	if err != nil {
		return err
	}
	n, err := node.Create(ctx, s, id, vf.ID(id), node.Options{Signer: signer, Now: h.now, Images: KeepImage(dir)})
	if err != nil {
		return errors.Join(err, s.Close())
	}
	return h.add(name, n, signer)
}

// keyIn reads the key in a folder, or makes both.
func keyIn(dir string) (journal.Signer, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	key := filepath.Join(dir, KeyFile)
	signer, err := ReadKey(key)
	if errors.Is(err, fs.ErrNotExist) {
		return MakeKey(key)
	}
	return signer, err
}

// Close stops following and closes all books; what was acknowledged is durable
// already.
func (h *Host) Close() error {
	h.mu.RLock()
	unlook := h.unlook
	h.mu.RUnlock()
	unlook() // it may be opening one
	h.mu.Lock()
	defer h.mu.Unlock()
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(h.networks)) {
		w := h.networks[name]
		w.stop()
		errs = append(errs, w.Close())
	}
	h.networks = map[string]*Network{}
	h.first.Store(nil)
	return errors.Join(errs...)
}
