package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"time"

	"commonweal/host"
	"commonweal/node"
	"commonweal/store/sqlite"
)

// open measures how books in a folder are opened, and what they take of memory then;
// where more entries are wanted they come after the image, and it is opened once more.
func open(ctx context.Context, data, profile string, more int) error {
	if err := openOnce(ctx, data, profile, more); err != nil || more == 0 {
		return err
	}
	return openOnce(ctx, data, profile, 0)
}

func openOnce(ctx context.Context, data, profile string, more int) (err error) {
	signer, err := host.ReadKey(filepath.Join(data, host.KeyFile))
	if err != nil {
		return err
	}
	if profile != "" {
		f, err := os.Create(profile)
		if err != nil {
			return err
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		defer pprof.StopCPUProfile()
	}
	began := time.Now()
	s, err := sqlite.Open(ctx, filepath.Join(data, host.BooksFile), sqlite.Options{})
	if err != nil {
		return err
	}
	n, err := node.Open(ctx, s, node.Options{Signer: signer, Images: host.KeepImage(data)})
	if err != nil {
		return errors.Join(err, s.Close())
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	took := time.Since(began)
	how := n.Opened()
	fmt.Printf("opened %d entries in %.2f s, of which %d from the image and %d after it\n", n.Journal().Size(), took.Seconds(), how.Image, how.Entries)
	if how.Why != nil {
		fmt.Println("the image was not used:", how.Why)
	}
	memory("opened")
	began = time.Now()
	if err := n.Keep(ctx); err != nil {
		return err
	}
	info, err := os.Stat(filepath.Join(data, host.ImageFile))
	if err != nil {
		return err
	}
	fmt.Printf("wrote an image of %d MB in %.2f s\n", info.Size()>>20, time.Since(began).Seconds())
	memory("with the image")
	return single(ctx, n, int(n.Journal().Size()), more)
}

// memory prints what is held.
func memory(when string) {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Printf("  %-16s %d MB held, %d MB allocated so far, %d MB from the system\n", when, m.HeapAlloc>>20, m.TotalAlloc>>20, m.Sys>>20)
}
