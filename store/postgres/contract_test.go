package postgres_test

import (
	"sync"
	"testing"

	"commonweal/store"
	"commonweal/store/postgres"
	"commonweal/store/postgres/pgtest"
	"commonweal/store/sqlite"
	"commonweal/store/storetest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	var addresses sync.Map // by place
	storetest.Run(t, func(t testing.TB, place string) store.Store {
		begin := postgres.Open
		address, known := addresses.Load(place)
		if !known {
			address, begin = pgtest.URL(t), postgres.Create
			addresses.Store(place, address)
		}
		s, err := begin(t.Context(), address.(string), postgres.Options{Save: sqlite.Save})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
