package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"commonweal/host"
	"commonweal/store/postgres/pgtest"
	"commonweal/web/webtest"
)

// measureStart measures how soon a server serves long books that are there already, with
// and without an image of them, what it holds then, and how long it takes to verify them
// behind that.
func measureStart(ctx context.Context, s setting) error {
	for _, store := range s.stores {
		if err := startOn(ctx, s, store); err != nil {
			return err
		}
	}
	return nil
}

func startOn(ctx context.Context, s setting, store string) error {
	flags, folder, stop, err := placed(ctx, s, store)
	if err != nil {
		return err
	}
	defer stop()
	fmt.Printf("\n%s: start on the books of %s\n", store, s.books)
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	v, err := started("start without an image", func() (*webtest.Server, error) {
		return webtest.Start(s.program, flags, []string{"--log-level", "error"}, os.Stderr)
	})
	if err != nil {
		return err
	}
	defer func() { v.Kill() }()
	if err := held(ctx, v); err != nil {
		return err
	}
	began := time.Now()
	for there := false; !there; time.Sleep(10 * time.Millisecond) {
		_, err := os.Stat(folder)
		there = err == nil
	}
	line("the image is there after", time.Since(began).Seconds(), 0, "s", true)
	time.Sleep(time.Second) // until readers stand on it
	if err := held(ctx, v); err != nil {
		return err
	}
	v.Kill()
	if v, err = started("start after a kill, until it serves", func() (*webtest.Server, error) { return v, v.Again() }); err != nil {
		return err
	}
	began = time.Now()
	if err := held(ctx, v); err != nil {
		return err
	}
	_, err = until(ctx, v, func(m map[string]float64) bool { return m[`commonweal_plan_entries{network="home"}`] > 0 })
	if err != nil {
		return err
	}
	line("the first plan is there after", time.Since(began).Seconds(), 0, "s", true)
	if err := held(ctx, v); err != nil {
		return err
	}
	if !s.verify {
		return nil
	}
	var most float64
	m, err := until(ctx, v, func(m map[string]float64) bool {
		most = max(most, m["process_resident_memory_bytes"])
		return m[`commonweal_verified{network="home"}`] == 1
	})
	if err != nil {
		return err
	}
	line("verified behind that after", time.Since(began).Seconds(), 0, "s", true)
	line("processor time so far", m["process_cpu_seconds_total"], 0, "s", true)
	line("most memory meanwhile", most/1e6, 0, "MB", true)
	return nil
}

// placed puts the books where a server finds them: where they are, or in a database.
func placed(ctx context.Context, s setting, store string) (flags []string, image string, stop func(), err error) {
	if store != "PostgreSQL" {
		return []string{"--data", s.books}, filepath.Join(s.books, host.ImageFile), func() {}, nil
	}
	data, err := os.MkdirTemp("", "commonweal-bench-")
	if err != nil {
		return nil, "", nil, err
	}
	url, end, err := pgtest.Durable()
	stop = func() { end(); _ = os.RemoveAll(data) }
	if err != nil {
		_ = os.RemoveAll(data)
		return nil, "", nil, err
	}
	dir := filepath.Join(data, "networks", "home")
	key, err := os.ReadFile(filepath.Join(s.books, host.KeyFile))
	if err == nil {
		err = os.MkdirAll(dir, 0o750)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, host.KeyFile), key, 0o600)
	}
	if err == nil {
		cmd := exec.CommandContext(ctx, s.program, "move", "--from", s.books, "--to", url+"&network=home")
		cmd.Stdout, cmd.Stderr = io.Discard, os.Stderr
		err = cmd.Run()
	}
	if err != nil {
		stop()
		return nil, "", nil, err
	}
	return []string{"--data", data, "--store", url}, filepath.Join(dir, host.ImageFile), stop, nil
}

// started measures a start, until the server answers that it is ready.
func started(what string, start func() (*webtest.Server, error)) (*webtest.Server, error) {
	began := time.Now()
	v, err := start()
	if err != nil {
		return nil, err
	}
	line(what, time.Since(began).Seconds(), 5, "s", true)
	return v, nil
}

// held prints what a server has used so far.
func held(ctx context.Context, v *webtest.Server) error {
	m, err := v.Metrics(ctx)
	line("processor time so far", m["process_cpu_seconds_total"], 0, "s", true)
	line("memory then", m["process_resident_memory_bytes"]/1e6, 0, "MB", true)
	return err
}

// until asks a server for its figures until they are as wanted.
func until(ctx context.Context, v *webtest.Server, wanted func(map[string]float64) bool) (map[string]float64, error) {
	for {
		m, err := v.Metrics(ctx)
		if err != nil || wanted(m) {
			return m, err
		}
		time.Sleep(200 * time.Millisecond)
	}
}
