package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"
)

// batch is how many events one request of an import carries, beside their process.
const batch = 999

// each is how many of the events are acts of their own; the others come in acts of a
// whole batch.
const each = 50_000

// reads is how often each reading is measured.
const reads = 300

// measureLong measures books of many events on each store: how fast they come in,
// how fast they are read, and how soon a server that was killed serves them again.
func measureLong(ctx context.Context, s setting) error {
	for _, store := range s.stores {
		v, err := serve(ctx, s, store)
		if err != nil {
			return err
		}
		fmt.Printf("\n%s: books of %d events\n", store, s.events)
		err = v.long(ctx, s)
		v.end()
		if err != nil {
			return err
		}
	}
	return nil
}

func (v *served) long(ctx context.Context, s setting) error {
	before, err := v.figures(ctx)
	if err != nil {
		return err
	}
	if err := v.comeIn(ctx, s.events, before); err != nil {
		return err
	}
	after, err := v.figures(ctx)
	if err != nil {
		return err
	}
	used(before, after)
	if err := v.read(ctx, s.events); err != nil {
		return err
	}
	v.Kill()
	began := time.Now()
	if err := v.Again(); err != nil {
		return err
	}
	line("start after a kill, until it serves", time.Since(began).Seconds(), 5, "s", true)
	if after, err = v.figures(ctx); err != nil {
		return err
	}
	line("memory of the server after it", after.resident/1e6, 0, "MB", true)
	return v.read(ctx, s.events)
}

// comeIn measures how fast events come in: as acts of their own, one request after the
// other and several at once, and as acts of a whole batch.
func (v *served) comeIn(ctx context.Context, events int, before figures) error {
	from := 0
	for _, part := range []struct {
		what       string
		to, atOnce int
		acts       bool
	}{
		{"acts a second, 1,000 in a request", min(events, each/5), 1, true},
		{"acts a second, four such requests at once", min(events, each), 4, true},
		{"events a second, 1,000 in an act", min(events, each+(events-each)/5), 1, false},
		{"events a second, four such requests at once", events, 4, false},
	} {
		if from >= part.to {
			continue
		}
		began, count := time.Now(), float64(part.to-from)
		if err := v.requests(ctx, from, part.to, part.atOnce, part.acts); err != nil {
			return err
		}
		line(part.what, count/time.Since(began).Seconds(), 20_000, "/s", false)
		after, err := v.figures(ctx)
		if err != nil {
			return err
		}
		line("processor time of the server for each", (after.cpu-before.cpu)/count*1e6, 0, "µs", true)
		from, before = part.to, after
	}
	return nil
}

// requests enters events, a batch in each request, so many requests at once.
func (v *served) requests(ctx context.Context, from, to, atOnce int, acts bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	starts := make(chan int)
	var wait sync.WaitGroup
	for range atOnce {
		wait.Go(func() {
			for n := range starts {
				if err := v.produce(ctx, n, min(batch, to-n), acts); err != nil {
					cancel(err)
				}
			}
		})
	}
	for n := from; n < to && ctx.Err() == nil; n += batch {
		starts <- n
	}
	close(starts)
	wait.Wait()
	return context.Cause(ctx)
}

// produce enters events of a process and a resource of their own, an act each or all
// in one. The request is written as bytes, for the client takes of the same processors.
func (v *served) produce(ctx context.Context, from, count int, acts bool) error {
	body := make([]byte, 0, 512*count)
	body = fmt.Appendf(body, `{"query":"mutation ($acts: [ActInput!]!) { do(acts: $acts) { sequence } }","variables":{"acts":[`+
		`{"kind":"declare","key":"process-%[1]d","records":[{"process":{"id":"process/%[1]d","name":"Spin"}}]}`, from)
	if !acts {
		body = fmt.Appendf(body, `,{"kind":"record","key":"events-%d","records":[`, from)
	}
	for n := from; n < from+count; n++ {
		switch {
		case acts:
			body = fmt.Appendf(body, `,{"kind":"record","key":"event-%d","records":[`, n)
		case n > from:
			body = append(body, ',')
		}
		body = fmt.Appendf(body, `{"economicEvent":{"id":"event/%d","action":"produce","provider":"agent/mill","receiver":"agent/farm","resourceConformsTo":"spec/yarn",`+
			`"resourceInventoriedAs":"resource/%[2]d","outputOf":"process/%[2]d","hasPointInTime":"2026-05-01T00:00:00Z","resourceQuantity":{"hasNumericalValue":"1","hasUnit":"unit/kg"}}}`, n, from)
		if acts {
			body = append(body, "]}"...)
		}
	}
	if !acts {
		body = append(body, "]}"...)
	}
	return v.owner.AskRaw(ctx, v.URL, bytes.NewReader(append(body, "]}}"...)), nil)
}

// read measures a page at a random place, and one record with what it refers to.
func (v *served) read(ctx context.Context, events int) error {
	const flow = `id action { label } hasPointInTime provider { id name } receiver { id name } resourceQuantity { hasNumericalValue hasUnit { symbol } }
		resourceConformsTo { name } resourceInventoriedAs { id name onhandQuantity { hasNumericalValue } }`
	dice := rand.New(rand.NewPCG(1, 0)) //nolint:gosec // the same draws each time
	event := func(n int) string { return "event/" + strconv.Itoa(n) }
	cursor := func(n int) string { return base64.RawURLEncoding.EncodeToString([]byte(event(n))) }
	for _, r := range []struct {
		what, query string
		id          func(n int) string
	}{
		{"page of 50 events", `query ($id: String) { economicEvents(first: 50, after: $id) { nodes { ` + flow + ` } pageInfo { endCursor hasNextPage } } }`, cursor},
		{"one event with what it refers to", `query ($id: ID!) { economicEvent(id: $id) { ` + flow + ` } }`, event},
	} {
		var all []time.Duration
		for range reads {
			at := time.Now()
			var data json.RawMessage
			if err := v.owner.Ask(ctx, v.URL, r.query, map[string]any{"id": r.id(dice.IntN(events))}, &data); err != nil {
				return err
			}
			all = append(all, time.Since(at))
		}
		line(r.what+", median", part(all, 0.5), 0, "ms", true)
		line(r.what+", 99 of 100 under", part(all, 0.99), 50, "ms", true)
	}
	return nil
}
