package node

import (
	"io"
	"testing"

	"commonweal/node/packed"
)

// tooLarge takes no image.
type tooLarge struct{ asked int }

func (l *tooLarge) Read() ([]byte, error) { return nil, nil }
func (l *tooLarge) Drop() error           { return nil }
func (l *tooLarge) Write(io.WriterTo) error {
	l.asked++
	return packed.ErrTooLarge
}

// Books that are too large for an image are verified all the same.
func TestAttestGoesOnWithoutAnImage(t *testing.T) {
	t.Parallel()
	l := &tooLarge{}
	a := &attest{n: newNode(nil, Options{}), made: newNode(nil, Options{Images: l})}
	for at := range int64(3) {
		a.made.fresh = 60_000
		if err := a.pack(t.Context(), at+1); err != nil {
			t.Errorf("at entry %d: %v", at, err)
		}
	}
	if l.asked != 1 {
		t.Errorf("it was packed %d times", l.asked)
	}
}
