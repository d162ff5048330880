package postgres

import (
	"context"
	"io/fs"
)

// Migrations are the migrations of the program.
var Migrations = migrations

// Migrate brings the schema of a store up to date with other migrations.
func Migrate(ctx context.Context, s *Store, files fs.FS) error { return s.migrate(ctx, files, false) }
