package sqlite

import (
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"

	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/driver" // registers "sqlite3"
)

// Driver is a database/sql driver for SQLite that takes _txlock and _pragma in
// the name of a database.
type Driver struct {
	Name   string          // as registered with database/sql
	Code   func(error) int // SQLite's primary result code in an error, 0 if there is none
	Params url.Values      // what else to say when a database is opened; may be nil
}

// Ncruces is the driver that the program uses; it needs no C.
func Ncruces() Driver {
	return Driver{Name: "sqlite3", Code: func(err error) int {
		var code sqlite3.ErrorCode
		errors.As(err, &code)
		return int(code)
	}}
}

// Result codes of SQLite that matter here.
const (
	codeBusy    = 5
	codeCorrupt = 11
	codeNotADB  = 26
)

// open opens a pool of connections to a file. Pragmas are "name(value)".
func (d Driver) open(path string, params url.Values, pragmas ...string) (*sql.DB, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	query := url.Values{"_pragma": pragmas}
	for _, more := range []url.Values{params, d.Params} {
		for name, values := range more {
			query[name] = values
		}
	}
	file := url.URL{Scheme: "file", Path: filepath.ToSlash(full), RawQuery: query.Encode(), OmitHost: false}
	return sql.Open(d.Name, file.String())
}

func (d Driver) damaged(err error) bool {
	code := d.Code(err)
	return code == codeCorrupt || code == codeNotADB
}
