package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"commonweal/rule"
	"commonweal/store"
)

// partPrefix begins the name of a schema that is being filled.
const partPrefix = "commonweal+"

// Fill makes a network in a database where it is not: it hands a new one to a
// function that fills it, verifies it, and only then gives it its name. Where
// anything fails nothing is left.
func Fill(ctx context.Context, address string, o Options, fill func(ctx context.Context, to store.Store) error) (tree tlog.Tree, err error) {
	a, err := parse(address)
	if err != nil {
		return tree, err
	}
	conn, err := pgx.ConnectConfig(ctx, a.config.ConnConfig)
	if err != nil {
		return tree, err
	}
	defer func() { _ = closeSoon(conn) }()
	var mine bool
	if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", key("fill", a.schema())).Scan(&mine); err != nil {
		return tree, err
	}
	if !mine {
		return tree, rule.Refuse("storeLocked", "path", a.place(), "waited", "0s")
	}
	if err := mustBeFree(ctx, conn, a); err != nil {
		return tree, err
	}
	part := *a
	part.config = a.config.Copy()
	part.part = true
	part.config.ConnConfig.RuntimeParams["search_path"] = part.searchPath()
	drop := "DROP SCHEMA IF EXISTS " + pgx.Identifier{part.schema()}.Sanitize() + " CASCADE"
	if _, err := conn.Exec(ctx, drop); err != nil { // of a life that was cut short
		return tree, err
	}
	if tree, err = fillPart(ctx, &part, o, fill); err == nil {
		err = rename(ctx, conn, part.schema(), a.schema())
	}
	if err != nil {
		_, again := conn.Exec(context.WithoutCancel(ctx), drop)
		return tlog.Tree{}, errors.Join(err, again)
	}
	return tree, nil
}

// mustBeFree refuses a schema in which anything is.
func mustBeFree(ctx context.Context, conn *pgx.Conn, a *address) error {
	var tables int64
	err := conn.QueryRow(ctx, "SELECT COUNT(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1", a.schema()).Scan(&tables)
	if err == nil && tables > 0 {
		return rule.Refuse("storeExists", "path", a.place())
	}
	return err
}

func fillPart(ctx context.Context, part *address, o Options, fill func(ctx context.Context, to store.Store) error) (tree tlog.Tree, err error) {
	s, err := begin(ctx, part, o, true)
	if err != nil {
		return tree, err
	}
	if err = s.leadSoon(ctx); err == nil {
		err = fill(ctx, s)
	}
	if err == nil {
		tree, err = s.Check(ctx)
	}
	return tree, errors.Join(err, s.Close())
}

// rename gives a schema its name, in place of an empty one that may be there.
func rename(ctx context.Context, conn *pgx.Conn, from, to string) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		to = pgx.Identifier{to}.Sanitize()
		if _, err := tx.Exec(ctx, "DROP SCHEMA IF EXISTS "+to+" RESTRICT"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "ALTER SCHEMA "+pgx.Identifier{from}.Sanitize()+" RENAME TO "+to)
		return err
	})
}
