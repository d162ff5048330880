package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// onTerminal reports whether a person sees what is written there.
func onTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// watched shows how much of a file has been read, where somebody sees it.
func (p *program) watched(f *os.File, what string) io.Reader {
	info, err := f.Stat()
	if err != nil || info.Size() < 1<<20 || !onTerminal(p.err) {
		return f
	}
	bar := progressbar.NewOptions64(info.Size(), progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(p.err),
		progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	return io.TeeReader(f, bar)
}

// busy shows that work goes on which has no known end, until the function that
// it returns is called.
func (p *program) busy(what string) (done func()) {
	if !onTerminal(p.err) {
		return func() {}
	}
	bar := progressbar.NewOptions(-1, progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(p.err),
		progressbar.OptionSpinnerType(14), progressbar.OptionClearOnFinish())
	stop := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for tick := time.NewTicker(100 * time.Millisecond); ; {
			select {
			case <-stop:
				tick.Stop()
				_ = bar.Finish() // a picture that is not cleared harms nothing
				return
			case <-tick.C:
				_ = bar.Add(1)
			}
		}
	}()
	return func() { close(stop); <-ended }
}
