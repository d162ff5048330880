package people

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// querier is a pool or a transaction.
type querier interface {
	ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
}

// dialect writes $1 as SQLite understands it too; no text of ours holds a dollar
// sign otherwise.
func (p *People) dialect(text string) string {
	p.statements.Add(1)
	if p.postgres {
		return text
	}
	return strings.ReplaceAll(text, "$", "?")
}

// exec runs a statement and says how many rows it changed.
func (p *People) exec(ctx context.Context, q querier, text string, args ...any) (int64, error) {
	r, err := q.ExecContext(ctx, p.dialect(text), args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// all runs several statements with the same arguments.
func (p *People) all(ctx context.Context, q querier, args []any, texts ...string) error {
	for _, text := range texts {
		if _, err := p.exec(ctx, q, text, args...); err != nil {
			return err
		}
	}
	return nil
}

// find reads one row, and reports whether there is one.
func (p *People) find(ctx context.Context, q querier, text string, args []any, into ...any) (bool, error) {
	err := q.QueryRowContext(ctx, p.dialect(text), args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// list reads rows, each by one call of scan.
func (p *People) list(ctx context.Context, q querier, text string, args []any, scan func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, p.dialect(text), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// transact runs f in a transaction as if it were alone. It may run more than
// once, where others changed what it read; only the last run counts.
func (p *People) transact(ctx context.Context, f func(*sql.Tx) error) error {
	return p.again(ctx, sql.LevelSerializable, f)
}

func (p *People) again(ctx context.Context, level sql.IsolationLevel, f func(*sql.Tx) error) error {
	o := &sql.TxOptions{Isolation: level}
	if !p.postgres {
		o = nil // SQLite's are serializable
	}
	for try := 0; ; try++ {
		p.transactions.Add(1)
		err := once(ctx, p.write, o, f)
		var pg *pgconn.PgError
		if try == 100 || !errors.As(err, &pg) || pg.Code != "40001" && pg.Code != "40P01" && pg.Code != "23505" {
			return err
		}
		select { // others go on meanwhile
		case <-time.After(time.Duration(try) * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func once(ctx context.Context, db *sql.DB, o *sql.TxOptions, f func(*sql.Tx) error) error {
	x, err := db.BeginTx(ctx, o)
	if err != nil {
		return err
	}
	if err := f(x); err != nil {
		return errors.Join(err, x.Rollback())
	}
	return x.Commit()
}

// now is the clock, as it is stored.
func (p *People) now() int64 { return p.o.Now().UnixMilli() }

// when reads a stored time; 0 is the zero time.
func when(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// stored is a time as it is stored.
func stored(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// secretLength is the length of 256 bits in base64url.
const secretLength = 43

// secret makes 256 random bits, as text.
func (p *People) secret() (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(p.o.Rand, b); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// newID makes a random id of 130 bits: lower case, no letter that looks like a digit.
func (p *People) newID() (string, error) {
	b := make([]byte, 26)
	if _, err := io.ReadFull(p.o.Rand, b); err != nil {
		return "", err
	}
	for i := range b {
		b[i] = letters[b[i]&31]
	}
	return strings.ToLower(string(b)), nil
}

// letters are Crockford's: no I, L, O, U.
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// wellFormed reports whether a text can be a secret of ours; what is not is not
// looked for.
func wellFormed(secret string) bool {
	if len(secret) != secretLength {
		return false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(secret)
	return err == nil && len(b) == 32
}

// hashed is what is kept of a secret; the kind keeps one from serving as another.
// The secrets are random and long, so that a plain hash is enough.
func hashed(kind, secret string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + secret))
	return base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])
}
