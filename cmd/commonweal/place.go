package main

import (
	"context"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/host"
	"commonweal/store"
	"commonweal/store/postgres"
	"commonweal/store/sqlite"
)

// kept is a store of any kind, which can be read through for damage.
type kept interface {
	store.Store
	Check(ctx context.Context) (tlog.Tree, error)
}

// place is where books are kept: in a file of a data folder, or as a network in
// a PostgreSQL database.
type place struct {
	path    string // the file, empty where it is a database
	address string // the database, with the password that may be in it: never to be shown
	wait    time.Duration
}

// place is the place that --store or --data names.
func (p *program) place() place {
	if p.Store != "" {
		return p.placeOf(p.Store)
	}
	return p.placeOf(p.Data)
}

// shownStore names the database, empty where the books are in the folder.
func (p *program) shownStore() string {
	if p.Store == "" {
		return ""
	}
	return p.place().String()
}

// placeOf is the place that an address, else a data folder, names.
func (p *program) placeOf(where string) place {
	at := place{wait: p.Wait}
	if p.Wait <= 0 {
		at.wait = -1
	}
	if postgres.IsAddress(where) || where == p.Store && where != "" {
		at.address = where
	} else {
		at.path = filepath.Join(where, host.BooksFile)
	}
	return at
}

// String names the place so that it can be shown to anybody.
func (at place) String() string {
	if at.address == "" {
		return at.path
	}
	shown, err := postgres.Place(at.address)
	if err != nil {
		return "the database"
	}
	return shown
}

func (at place) file() sqlite.Options { return sqlite.Options{Wait: at.wait} }

func (at place) database() postgres.Options {
	return postgres.Options{Wait: at.wait, Save: sqlite.Save}
}

// create begins the store, to write it.
func (at place) create(ctx context.Context) (kept, error) {
	if at.address != "" {
		return keep(postgres.Create(ctx, at.address, at.database()))
	}
	return keep(sqlite.Create(ctx, at.path, at.file()))
}

// open opens the store to write it.
func (at place) open(ctx context.Context) (kept, error) {
	if at.address != "" {
		return keep(postgres.Open(ctx, at.address, at.database()))
	}
	return keep(sqlite.Open(ctx, at.path, at.file()))
}

// read opens the store to read it, as it is at this moment.
func (at place) read(ctx context.Context) (kept, error) {
	if at.address != "" {
		return keep(postgres.Read(ctx, at.address, at.database()))
	}
	return keep(sqlite.Read(ctx, at.path, at.file()))
}

// fill makes the store where nothing is, with what a function puts into it.
func (at place) fill(ctx context.Context, f func(ctx context.Context, to store.Store) error) (tlog.Tree, error) {
	if at.address != "" {
		return postgres.Fill(ctx, at.address, at.database(), f)
	}
	return sqlite.Fill(ctx, at.path, at.file(), f)
}

// keep drops the store that an error comes with, of which the type is known all
// the same.
func keep[S kept](s S, err error) (kept, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}
