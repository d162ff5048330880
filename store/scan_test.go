package store_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"commonweal/store"
	"commonweal/store/postgres"
	"commonweal/store/postgres/pgtest"
	"commonweal/store/sqlite"
)

// BenchmarkScan reads a view of a million rows, as opening the books does.
func BenchmarkScan(b *testing.B) {
	const rows, perBatch = 1_000_000, 20_000
	file, err := sqlite.Create(b.Context(), filepath.Join(b.TempDir(), "books"), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	database, err := postgres.Create(b.Context(), pgtest.URL(b), postgres.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer database.Close()
	value := []byte(strings.Repeat("a record in JSON ", 12)) // about as long as they are
	for from := 0; from < rows; from += perBatch {
		var batch store.Batch
		for n := range perBatch {
			batch.Views = append(batch.Views, store.Put{View: "record", Key: fmt.Sprintf("event/%07d", from+n), Value: value})
		}
		for _, s := range []store.Store{file, database} {
			if err := s.Append(b.Context(), batch); err != nil {
				b.Fatal(err)
			}
		}
	}
	moment, err := database.Moment(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer moment.Close()
	for _, c := range []struct {
		name string
		from store.Reader
	}{{"sqlite", file}, {"postgres", database}, {"postgres/moment", moment}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				err := c.from.Scan(b.Context(), "record", func(string, []byte) error { n++; return nil })
				if err != nil || n != rows {
					b.Fatal(n, err)
				}
			}
		})
	}
}
