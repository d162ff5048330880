package sqlite_test

import (
	"errors"
	"io/fs"
	"os"
	"testing"

	modernc "modernc.org/sqlite"

	"commonweal/store"
	"commonweal/store/sqlite"
	"commonweal/store/storetest"
)

// moderncDriver is the second driver that the contract holds for.
func moderncDriver() sqlite.Driver {
	return sqlite.Driver{Name: "sqlite", Code: func(err error) int {
		var e *modernc.Error
		if errors.As(err, &e) {
			return e.Code() & 0xff
		}
		return 0
	}}
}

func drivers() map[string]sqlite.Driver {
	return map[string]sqlite.Driver{"ncruces": sqlite.Ncruces(), "modernc": moderncDriver()}
}

func TestContract(t *testing.T) {
	t.Parallel()
	for name, driver := range drivers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t testing.TB, place string) store.Store {
				begin := sqlite.Open
				if _, err := os.Stat(place); errors.Is(err, fs.ErrNotExist) {
					begin = sqlite.Create
				}
				s, err := begin(t.Context(), place, sqlite.Options{Driver: driver})
				if err != nil {
					t.Fatal(err)
				}
				return s
			})
		})
	}
}
