package store_test

import (
	"errors"
	"testing"

	"commonweal/store"
)

func TestCheckpointKeysOrderBySize(t *testing.T) {
	t.Parallel()
	last := ""
	for _, size := range []int64{1, 2, 9, 10, 99, 100, 1 << 40, 1<<63 - 1} {
		key := store.CheckpointKey(size)
		if key <= last {
			t.Errorf("the key %s of %d does not come after %s", key, size, last)
		}
		if back, ok := store.CheckpointSize(key); !ok || back != size {
			t.Errorf("the key %s says %d, %v; not %d", key, back, ok, size)
		}
		last = key
	}
	for _, key := range []string{"", "1", "x", "000000000000000000a", "+000000000000000001", "99999999999999999999"} {
		if size, ok := store.CheckpointSize(key); ok {
			t.Errorf("%q was read as the key of a checkpoint of %d", key, size)
		}
	}
}

func TestTheAnswersDiffer(t *testing.T) {
	t.Parallel()
	answers := []error{store.ErrConflict, store.ErrUnknown, store.ErrStopped, store.ErrReadOnly, store.ErrClosed}
	for i, a := range answers {
		for j, b := range answers {
			if (i == j) != errors.Is(a, b) {
				t.Errorf("%v and %v are taken for each other", a, b)
			}
		}
	}
}
