package host

import (
	"context"
	"errors"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"commonweal/rule"
	"commonweal/store/postgres"
)

// lookEach is how often a server looks for networks that others began in its database, and
// for the keys of those that it lacks.
const lookEach = 30 * time.Second

// Lack is a network in the database that is not open here.
type Lack struct {
	Name string
	File string // where its key belongs, in the data folder: "networks/farms/network.key"
	Why  error

	keys string // the key files that were there when it was tried last
}

// Lacking lists by name the networks in the database that other servers began since this
// one was started, and that it cannot open.
func (h *Host) Lacking() []Lack {
	h.mu.RLock()
	defer h.mu.RUnlock()
	list := make([]Lack, 0, len(h.lacking))
	for _, name := range slices.Sorted(maps.Keys(h.lacking)) {
		list = append(list, h.lacking[name])
	}
	return list
}

// Lacks returns what is lacking of a network, false where it is none of those.
func (h *Host) Lacks(name string) (Lack, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	l, ok := h.lacking[name]
	return l, ok
}

// Found has f called with each network that another server began in the database and that
// was opened since, until the host is closed. It begins to look for them; in a data folder
// nobody else begins any.
func (h *Host) Found(f func(*Network)) {
	if h.store == "" {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	h.mu.Lock()
	before := h.unlook
	h.unlook = func() { before(); cancel(); <-ended }
	h.found = append(h.found, f)
	h.mu.Unlock()
	go func() {
		defer close(ended)
		tick := time.NewTicker(lookEach)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if _, err := h.Look(ctx); err != nil && ctx.Err() == nil {
				h.log.Warn("it could not be seen which networks are in the database; it is tried again", "reason", err)
			}
		}
	}()
}

// Look opens the networks that were begun in the database since, and whose keys are here,
// tells of them and returns them. It costs one question to the database; books are opened only where a
// key came.
func (h *Host) Look(ctx context.Context) (found []*Network, err error) {
	if h.store == "" {
		return nil, nil
	}
	h.begins.Lock()
	defer h.begins.Unlock()
	list, err := postgres.Networks(ctx, h.store)
	if err != nil {
		return nil, err
	}
	h.mu.RLock()
	tell := slices.Clone(h.found)
	h.mu.RUnlock()
	for _, name := range list {
		if h.Network(name) != nil || !names.MatchString(name) || reserved[name] {
			continue
		}
		if w := h.tryToOpen(ctx, name); w != nil {
			found = append(found, w)
			for _, f := range tell {
				f(w)
			}
		}
	}
	return found, nil
}

// tryToOpen opens a network that another server began, if it can; else it notes what is
// lacking, and says so once.
func (h *Host) tryToOpen(ctx context.Context, name string) *Network {
	was, known := h.Lacks(name)
	keys := h.keyFiles(name)
	if known && was.keys == keys {
		return nil // nothing came since
	}
	err := h.share(ctx, name)
	if ctx.Err() != nil {
		return nil
	}
	var r *rule.Refusal
	if errors.As(err, &r) && r.Rule == "notBegun" {
		return nil // somebody is beginning it just now
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		if r == nil {
			keys = "" // the database failed, so it is tried again soon
		}
		l := Lack{Name: name, File: path.Join(folder, name, KeyFile), Why: err, keys: keys}
		h.lacking[name] = l
		h.log.Error("a network that another server began is not served here; copy its key from there and it will be, without a new start",
			"network", name, "key", filepath.Join(h.data, folder, name, KeyFile), "reason", err)
		return nil
	}
	delete(h.lacking, name)
	h.log.Info("opened a network that another server began", "network", name)
	return h.networks[name]
}

// keyFiles tells the files apart in which the key of a network may be, by when they were
// written.
func (h *Host) keyFiles(name string) string {
	text := ""
	for _, file := range []string{filepath.Join(h.data, folder, name, KeyFile), filepath.Join(h.data, KeyFile)} {
		if s, err := os.Stat(file); err == nil {
			text += s.ModTime().UTC().Format(time.RFC3339Nano)
		}
		text += ";"
	}
	return text
}
