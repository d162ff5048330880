package store_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"commonweal/journal"
	"commonweal/store"
	"commonweal/store/postgres"
	"commonweal/store/postgres/pgtest"
	"commonweal/store/sqlite"
)

// BenchmarkAppend writes what acts of an import come to, a thousand in each batch and one
// by one: an entry of 600 bytes, its hashes, and a row of its key.
func BenchmarkAppend(b *testing.B) {
	for _, perBatch := range []int{1000, 1} {
		b.Run(fmt.Sprint("SQLite/", perBatch), func(b *testing.B) {
			s, err := sqlite.Create(b.Context(), filepath.Join(b.TempDir(), "books"), sqlite.Options{})
			if err != nil {
				b.Fatal(err)
			}
			appendAll(b, s, perBatch)
		})
		b.Run(fmt.Sprint("PostgreSQL/", perBatch), func(b *testing.B) {
			url, stop, err := pgtest.Durable()
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(stop)
			s, err := postgres.Create(b.Context(), url, postgres.Options{})
			if err != nil {
				b.Fatal(err)
			}
			appendAll(b, s, perBatch)
		})
	}
}

func appendAll(b *testing.B, s store.Store, perBatch int) {
	defer s.Close()
	raw := bytes.Repeat([]byte("an entry "), 70)
	b.ResetTimer()
	for from := 0; from < b.N; from += perBatch {
		var batch store.Batch
		for n := from; n < min(from+perBatch, b.N); n++ {
			e := journal.Sealed{Seq: int64(n), Raw: raw}
			for place := tlog.StoredHashIndex(0, e.Seq); place < tlog.StoredHashCount(e.Seq+1); place++ {
				e.Hashes = append(e.Hashes, sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(place))))
			}
			batch.Entries = append(batch.Entries, e)
			batch.Views = append(batch.Views, store.Put{View: "key", Key: fmt.Sprintf("agent/ann event/%07d", n), Value: fmt.Append(nil, n)})
		}
		batch.Views = append(batch.Views, store.Put{View: "mark", Key: "mark", Value: raw})
		if err := s.Append(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
}
