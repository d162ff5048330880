package postgres

import (
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"commonweal/journal"
	"commonweal/store"
)

// folded is what several batches come to when they are written one after the
// other: of each row the last word, so that few statements write them all.
type folded struct {
	batches     int
	seqs        []int64
	raws        [][]byte
	runs        store.Runs
	cleared     []string
	views       rows
	profiles    rows
	checkpoints map[int64][]byte
}

// rows are puts of which the last of each key counts.
type rows struct {
	list []store.Put
	at   map[[2]string]int
}

func (r *rows) put(view string, p store.Put) {
	if r.at == nil {
		r.at = map[[2]string]int{}
	}
	k := [2]string{view, p.Key}
	if i, ok := r.at[k]; ok {
		r.list[i] = p
		return
	}
	r.at[k] = len(r.list)
	r.list = append(r.list, p)
}

// clear forgets the rows of a view.
func (r *rows) clear(view string) {
	kept := rows{}
	for _, p := range r.list {
		if p.View != view {
			kept.put(p.View, p)
		}
	}
	*r = kept
}

func (f *folded) empty() bool  { return f.batches == 0 }
func (f *folded) count() int64 { return int64(len(f.seqs)) }

// first is the first entry, -1 where there is none.
func (f *folded) first() int64 {
	if len(f.seqs) == 0 {
		return -1
	}
	return f.seqs[0]
}

// follow takes batches of which each goes on where the one before ends; false if one does
// not, or cannot be taken.
func (f *folded) follow(batches []*store.Batch) bool {
	for _, b := range batches {
		if first := b.First(); first >= 0 && f.count() > 0 && first != f.first()+f.count() {
			return false
		}
		if f.add(b) != nil {
			return false
		}
	}
	return true
}

// add takes a batch after those before it.
func (f *folded) add(b *store.Batch) error {
	f.batches++
	for i := range b.Entries {
		e := &b.Entries[i]
		f.seqs, f.raws = append(f.seqs, e.Seq), append(f.raws, e.Raw)
		f.runs.Add(e)
	}
	for _, view := range b.Clear {
		f.cleared = append(f.cleared, view)
		f.views.clear(view)
	}
	for _, p := range b.Views {
		f.views.put(p.View, p)
	}
	for _, p := range b.Profiles {
		f.profiles.put(store.Profiles, p)
	}
	if b.Checkpoint == nil {
		return nil
	}
	_, tree, err := journal.ReadCheckpoint(b.Checkpoint)
	if err != nil {
		return err
	}
	if f.checkpoints == nil {
		f.checkpoints = map[int64][]byte{}
	}
	f.checkpoints[tree.N] = b.Checkpoint
	return nil
}

// perStatement is how many bytes one statement carries, about.
const perStatement = 8 << 20

// queue puts the statements that write it into a batch of the database, which fails with
// what damage makes of a reason where it cannot be written.
func (f *folded) queue(out *pgx.Batch, damage func(format string, args ...any) error) {
	each(f.raws, func(from, to int) {
		out.Queue("INSERT INTO journal (seq, raw) SELECT * FROM unnest($1::bigint[], $2::bytea[])", f.seqs[from:to], f.raws[from:to])
	})
	f.queueRuns(out, damage)
	for size, note := range f.checkpoints {
		out.Queue("INSERT INTO checkpoint (size, note) VALUES ($1, $2) ON CONFLICT (size) DO UPDATE SET note = excluded.note", size, note)
	}
	if len(f.cleared) > 0 {
		out.Queue("DELETE FROM view_row WHERE view_name = ANY($1)", f.cleared)
	}
	names, keys, values, gone, goneOf := f.views.split()
	each(gone, func(from, to int) {
		out.Queue("DELETE FROM view_row USING unnest($1::text[], $2::bytea[]) AS gone (n, k) WHERE view_name = n AND view_key = k", goneOf[from:to], gone[from:to])
	})
	each(values, func(from, to int) {
		out.Queue("INSERT INTO view_row (view_name, view_key, view_value) SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[])"+
			" ON CONFLICT (view_name, view_key) DO UPDATE SET view_value = excluded.view_value", names[from:to], keys[from:to], values[from:to])
	})
	_, keys, values, gone, _ = f.profiles.split()
	each(gone, func(from, to int) { out.Queue("DELETE FROM profile WHERE view_key = ANY($1)", gone[from:to]) })
	each(values, func(from, to int) {
		out.Queue("INSERT INTO profile (view_key, view_value) SELECT * FROM unnest($1::bytea[], $2::bytea[])"+
			" ON CONFLICT (view_key) DO UPDATE SET view_value = excluded.view_value", keys[from:to], values[from:to])
	})
}

// queueRuns puts what comes to the stored hashes: after those of the last run, and into
// runs that begin.
func (f *folded) queueRuns(out *pgx.Batch, damage func(format string, args ...any) error) {
	runs := f.runs
	if len(runs) > 0 && runs[0].Held > 0 {
		r := runs[0]
		out.Queue("UPDATE hash_run SET hashes = hashes || $1 WHERE run = $2 AND octet_length(hashes) = $3", r.Hashes, r.Number, r.Held).Exec(func(tag pgconn.CommandTag) error {
			if tag.RowsAffected() != 1 {
				return damage("the stored hashes from %d on do not have %d bytes", r.Number*store.RunLength, r.Held)
			}
			return nil
		})
		runs = runs[1:]
	}
	numbers, hashes := make([]int64, len(runs)), make([][]byte, len(runs))
	for i, r := range runs {
		numbers[i], hashes[i] = r.Number, r.Hashes
	}
	each(hashes, func(from, to int) {
		out.Queue("INSERT INTO hash_run (run, hashes) SELECT * FROM unnest($1::bigint[], $2::bytea[])", numbers[from:to], hashes[from:to])
	})
}

// split separates the rows to be put from those to be deleted.
func (r *rows) split() (names []string, keys, values, gone [][]byte, goneOf []string) {
	for _, p := range r.list {
		if p.Value == nil {
			gone, goneOf = append(gone, []byte(p.Key)), append(goneOf, p.View)
			continue
		}
		names, keys, values = append(names, p.View), append(keys, []byte(p.Key)), append(values, p.Value)
	}
	return names, keys, values, gone, goneOf
}

// each calls f with the parts of a list that one statement can carry.
func each(list [][]byte, f func(from, to int)) {
	from, size := 0, 0
	for i := range list {
		size += len(list[i]) + 64
		if size >= perStatement || i == len(list)-1 {
			f(from, i+1)
			from, size = i+1, 0
		}
	}
}
