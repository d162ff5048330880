package people

import (
	"testing"

	"commonweal/store/postgres/pgtest"
)

func TestOnPostgreSQL(t *testing.T) {
	t.Parallel()
	runSuite(t, func(t *testing.T) Source { return Source{Postgres: pgtest.URL(t)} })
}
