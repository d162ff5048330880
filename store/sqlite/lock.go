package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"commonweal/rule"
)

// lock is an exclusive lock held by a transaction on the file beside the store:
// whoever has it is the one writer.
type lock struct {
	db *sql.DB
	tx *sql.Tx
}

func (l *lock) Close() error { return errors.Join(l.tx.Rollback(), l.db.Close()) }

// pause is how long a writer rests before it asks again for the lock.
const pause = 10 * time.Millisecond

// takeLock holds an exclusive lock beside the file until it is closed. It waits
// for another writer as long as the options say, and ends with the context.
func takeLock(ctx context.Context, path string, o Options) (*lock, error) {
	d := o.Driver
	d.Params = nil
	db, err := d.open(path+".lock", url.Values{"_txlock": {"exclusive"}}, "busy_timeout(0)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	for began := time.Now(); ; {
		var tx *sql.Tx
		if tx, err = db.BeginTx(context.WithoutCancel(ctx), nil); err == nil {
			return &lock{db, tx}, nil
		}
		if d.Code(err) != codeBusy {
			err = fmt.Errorf("the lock beside %s could not be taken: %w", path, err)
			break
		}
		if time.Since(began) >= o.Wait {
			err = rule.Refuse("storeLocked", "path", path, "waited", max(o.Wait, 0).String())
			break
		}
		select {
		case <-time.After(pause):
			continue
		case <-ctx.Done():
		}
		err = ctx.Err()
		break
	}
	return nil, errors.Join(err, db.Close())
}
