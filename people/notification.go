package people

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"commonweal/rule"
)

// Notification is something that a network has to tell somebody.
type Notification struct {
	Account string
	Network string
	Source  string // what it comes from, such as "entry/17#late": told once, however often it is sent, while it is in the list
	Kind    string // by which it is wanted or not
	Body    json.RawMessage
	Told    time.Time
	Read    time.Time // zero while it is unread
}

const (
	notificationsStay = 500 // of an account in a network
	longestBody       = 16 << 10
)

// Notify adds notifications, all or none, and returns those that are new: not
// told before, and of a kind that their reader wants.
func (p *People) Notify(ctx context.Context, list ...Notification) (told []Notification, err error) {
	for _, n := range list {
		if n.Account == "" || n.Source == "" || len(n.Source) > 500 || len(n.Body) > longestBody || !json.Valid(n.Body) {
			return nil, rule.Refuse("badForm", "field", "notification", "wanted", "an account, a source, and a body of JSON of at most 16 kB")
		}
	}
	err = p.transact(ctx, func(x *sql.Tx) error {
		told = nil
		now := p.now()
		grown := map[[2]string]bool{}
		for _, n := range list {
			added, err := p.exec(ctx, x, "INSERT INTO notification (account, network, source, kind, body, told, seen) SELECT a.id, $2, $3, $4, $5, CAST($6 AS BIGINT), 0 FROM account a"+
				" WHERE a.id = $1 AND a.erased = 0 AND NOT EXISTS (SELECT 1 FROM setting s WHERE s.account = a.id AND s.kind = $4 AND s.wanted = 0)"+
				" ON CONFLICT (account, network, source) DO NOTHING", n.Account, n.Network, n.Source, n.Kind, string(n.Body), now)
			if err != nil {
				return err
			}
			if added > 0 {
				n.Told, n.Read = when(now), time.Time{}
				told = append(told, n)
				grown[[2]string{n.Account, n.Network}] = true
			}
		}
		for of := range grown {
			_, err := p.exec(ctx, x, "DELETE FROM notification WHERE account = $1 AND network = $2 AND source IN"+
				" (SELECT source FROM notification WHERE account = $1 AND network = $2 ORDER BY told DESC, source DESC LIMIT 1000000 OFFSET $3)", of[0], of[1], notificationsStay)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return told, nil
}

// Reword has the notifications of a network said anew: f gives to each the source and the
// body that it has from here on, and reports whether they are other than before. When it
// was told, and read, stays; of those that are the same afterwards one stays.
func (p *People) Reword(ctx context.Context, network string, f func(Notification) (source string, body json.RawMessage, other bool)) error {
	var readers []string
	err := p.list(ctx, p.read, "SELECT DISTINCT account FROM notification WHERE network = $1 ORDER BY account", []any{network}, func(r *sql.Rows) error {
		var account string
		err := r.Scan(&account)
		readers = append(readers, account)
		return err
	})
	other := false
	for _, account := range readers {
		if err == nil {
			err = p.transact(ctx, func(x *sql.Tx) error {
				some, err := p.reword(ctx, x, account, network, f)
				other = other || some
				return err
			})
		}
	}
	if err != nil || !other || p.postgres {
		return err
	}
	_, err = p.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)") // so that the log beside the file forgets too
	return err
}

// reword says those of one reader anew.
func (p *People) reword(ctx context.Context, x *sql.Tx, account, network string, f func(Notification) (string, json.RawMessage, bool)) (other bool, err error) {
	type row struct{ was, source, body string }
	var list []row
	err = p.list(ctx, x, "SELECT source, kind, body FROM notification WHERE account = $1 AND network = $2 ORDER BY told DESC, source DESC", []any{account, network}, func(r *sql.Rows) error {
		n := Notification{Account: account, Network: network}
		var body string
		if err := r.Scan(&n.Source, &n.Kind, &body); err != nil {
			return err
		}
		n.Body = json.RawMessage(body)
		if source, body, other := f(n); other {
			list = append(list, row{n.Source, source, string(body)})
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	const as = " FROM notification WHERE account = $1 AND network = $2 AND source = $3"
	for _, r := range list {
		if r.was == r.source {
			_, err = p.exec(ctx, x, "UPDATE notification SET body = $4 WHERE account = $1 AND network = $2 AND source = $3", account, network, r.was, r.body)
		} else if _, err = p.exec(ctx, x, "INSERT INTO notification (account, network, source, kind, body, told, seen) SELECT account, network, CAST($4 AS TEXT), kind, CAST($5 AS TEXT), told, seen"+as+
			" ON CONFLICT (account, network, source) DO NOTHING", account, network, r.was, r.source, r.body); err == nil {
			_, err = p.exec(ctx, x, "DELETE"+as, account, network, r.was)
		}
		if err != nil {
			return false, err
		}
	}
	return len(list) > 0, nil
}

// Notifications lists those of an account in a network, newest first, at most so
// many, beginning after one that an earlier page ended with (its zero value is
// the beginning).
func (p *People) Notifications(ctx context.Context, account, network string, after Notification, most int) (list []Notification, err error) {
	last := stored(after.Told)
	if last == 0 {
		last = 1 << 62
	}
	err = p.list(ctx, p.read, "SELECT source, kind, body, told, seen FROM notification WHERE account = $1 AND network = $2 AND (told < $3 OR told = $3 AND source < $4)"+
		" ORDER BY told DESC, source DESC LIMIT $5", []any{account, network, last, after.Source, most},
		func(r *sql.Rows) error {
			n := Notification{Account: account, Network: network}
			var body string
			var told, seen int64
			err := r.Scan(&n.Source, &n.Kind, &body, &told, &seen)
			n.Body, n.Told, n.Read = json.RawMessage(body), when(told), when(seen)
			list = append(list, n)
			return err
		})
	return list, err
}

// Unread counts what an account has not read in a network.
func (p *People) Unread(ctx context.Context, account, network string) (n int, err error) {
	_, err = p.find(ctx, p.read, "SELECT COUNT(*) FROM notification WHERE account = $1 AND network = $2 AND seen = 0", []any{account, network}, &n)
	return n, err
}

// MarkRead marks notifications as read, by their sources; all of them, if none is named.
func (p *People) MarkRead(ctx context.Context, account, network string, sources ...string) error {
	return p.transact(ctx, func(x *sql.Tx) error {
		now := p.now()
		if len(sources) == 0 {
			_, err := p.exec(ctx, x, "UPDATE notification SET seen = $3 WHERE account = $1 AND network = $2 AND seen = 0", account, network, now)
			return err
		}
		for _, s := range sources {
			if _, err := p.exec(ctx, x, "UPDATE notification SET seen = $3 WHERE account = $1 AND network = $2 AND seen = 0 AND source = $4", account, network, now, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// SetWanted says whether an account wants to be told of a kind from here on.
func (p *People) SetWanted(ctx context.Context, account, kind string, wanted bool) error {
	if kind == "" || len(kind) > 100 {
		return rule.Refuse("badForm", "field", "kind", "wanted", "a kind of notification")
	}
	_, err := p.exec(ctx, p.write, "INSERT INTO setting (account, kind, wanted) SELECT id, $2, CAST($3 AS BIGINT) FROM account WHERE id = $1 AND erased = 0"+
		" ON CONFLICT (account, kind) DO UPDATE SET wanted = excluded.wanted", account, kind, bit(wanted))
	return err
}

// Unwanted lists the kinds that an account does not want to be told of.
func (p *People) Unwanted(ctx context.Context, account string) (kinds map[string]bool, err error) {
	kinds = map[string]bool{}
	err = p.list(ctx, p.read, "SELECT kind FROM setting WHERE account = $1 AND wanted = 0", []any{account}, func(r *sql.Rows) error {
		var kind string
		err := r.Scan(&kind)
		kinds[kind] = true
		return err
	})
	return kinds, err
}
