package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"commonweal/coordination"
	"commonweal/journal"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/vf"
)

// Act is what somebody wants entered. Which members it has is said by its
// kind; At is the time of the act, now if left out. The records are whole, with
// their personal part, and belong to the node from here on. An act of more than
// a thousand records is written as several entries; the first has its key, the
// others the key with /2, /3 …
type Act struct {
	Kind      journal.Kind
	Author    vf.ID
	At        vf.Time
	Key       string // made by the client, new for each act, the same when it is sent again
	Records   []vf.Record
	Of        []vf.ID
	Network   string            // of a genesis
	PublicKey journal.PublicKey // of genesis, rotateKey and revokeKey

	// Seen says of records by which entry they were last changed as the author saw
	// them; where another entry changed one since, the act is refused. It is not in
	// the journal.
	Seen map[vf.ID]int64

	// Salt, if not zero, is what the salts of the act's profiles are made from: so the
	// same act can be made twice to the byte. It must be random and never used twice.
	Salt [32]byte

	// Proof says that the author signed what [Seat.Prepare] returned of this act.
	Proof *journal.Proof

	// Progress, if not nil, is called now and then with how many of the records
	// are ready to be written.
	Progress func(done, total int)
}

// Result says where an act stands in the journal.
type Result struct {
	Sequence int64   `json:"sequence"` // of its first entry
	Entries  int64   `json:"entries"`
	Records  []vf.ID `json:"records,omitempty"`  // what it entered, in order, with events that it brought about
	Repeated bool    `json:"repeated,omitempty"` // it stood there before; nothing was done now
}

// call is one call of Do that waits.
type call struct {
	ctx     context.Context
	seat    *Seat // nil of whoever holds the books
	acts    []Act
	results []Result
	err     error
	done    bool
}

// Do enters acts: all of them or none. The error is a *rule.Refusal, or of
// package format where several things are wrong, or of the store; after one that
// matches store.ErrUnknown the outcome is unknown. It asks for no rights: it is for
// whoever holds the folder of the books and its key. Everybody else acts from a
// [Seat].
func (n *Node) Do(ctx context.Context, acts ...Act) ([]Result, error) {
	return n.enqueue(&call{ctx: ctx, acts: acts})
}

func (n *Node) enqueue(c *call) ([]Result, error) {
	n.queue.Lock()
	n.queue.calls = append(n.queue.calls, c)
	n.queue.Unlock()
	awaited, late := n.awaitTurn()
	n.write.Lock()
	defer n.write.Unlock()
	if awaited {
		defer n.turn.unused()
	}
	if late != nil && !c.done {
		n.queue.Lock()
		n.queue.calls = slices.DeleteFunc(n.queue.calls, func(x *call) bool { return x == c })
		n.queue.Unlock()
		return nil, late
	}
	if !c.done { // else whoever wrote before took it along
		n.queue.Lock()
		calls := n.queue.calls
		n.queue.calls = nil
		n.queue.Unlock()
		n.commit(calls)
	}
	return c.results, c.err
}

// tries is how often a batch is decided anew where another process got in between.
const tries = 3

// commit enters the calls that wait, in one transaction of the store. Where the
// program itself fails at one of them, no other is told that it was entered.
func (n *Node) commit(calls []*call) {
	answered := false
	defer func() {
		if !answered && n.turn != nil {
			n.turn.resign()
		}
		for _, c := range calls {
			if c.done = true; !answered {
				c.results, c.err = nil, fmt.Errorf("%w: %w", store.ErrUnknown, errBroken)
			}
		}
	}()
	for range tries {
		if err := n.mayDecide(); err != nil {
			for _, c := range calls {
				c.results, c.err = nil, err
			}
			break
		}
		conflict := n.decide(calls)
		n.endTurn(conflict)
		if !conflict {
			break
		}
	}
	answered = true
}

var errBroken = errors.New("the program failed at an act that was sent at the same time")

// mayDecide says why this process decides nothing now, nil if it may.
func (n *Node) mayDecide() error {
	if err := n.Stopped(); errors.Is(err, store.ErrStopped) {
		return err
	}
	if err := n.Doubt(); err != nil {
		return err
	}
	return n.takeTurn()
}

// decide enters the calls; it reports whether another process got in between, so
// that nothing of them was written.
func (n *Node) decide(calls []*call) (conflict bool) {
	batch := n.draft()
	batch.lookUp(calls)
	sealing := beginSealing(batch.journal, n.signer)
	decided := false
	defer func() {
		if !decided { // the program failed
			_, _, _ = sealing.wait()
		}
	}()
	var accepted []*call
	for _, c := range calls {
		if c.results, c.err = nil, c.ctx.Err(); c.err != nil {
			continue
		}
		sealing.next()
		d := batch.fork()
		d.seat, d.sealing = c.seat, sealing
		if c.results, c.err = d.do(c.ctx, slices.Clone(c.acts)); c.err != nil { // what completes an act holds for one try
			c.results = nil
			sealing.drop()
			continue
		}
		d.merge()
		accepted = append(accepted, c)
	}
	decided = true
	if err := n.make(batch, sealing); err != nil {
		for _, c := range accepted {
			c.results, c.err = nil, err
		}
		return n.turn != nil && turnLost(err)
	}
	return false
}

// make has a batch become what the books say.
func (n *Node) make(batch *draft, s *sealing) error {
	broken := true
	defer func() {
		if broken { // nobody knows how far it came
			err := fmt.Errorf("%w: %w", store.ErrStopped, errBroken)
			n.stopped.Store(&err)
		}
	}()
	wrote, err := n.append(batch, s)
	if wrote {
		n.merged(batch)
		n.publish(batch.changes)
	}
	broken = false
	return err
}

// append makes a batch durable, if there is something in it. The contexts of the
// calls end no transaction: it is shared, and short.
func (n *Node) append(d *draft, s *sealing) (wrote bool, err error) {
	b := store.Batch{Views: keyRows(d.keys), Profiles: d.profiles} // while the last entries are sealed
	if b.Entries, d.journal, err = s.wait(); err != nil || len(b.Entries) == 0 {
		return false, err
	}
	m, err := d.markRow()
	if err != nil {
		return false, err
	}
	b.Views = append(b.Views, m)
	if n.signer.PublicKey() == d.journal.Keys().InUse() {
		if b.Checkpoint, err = d.journal.Checkpoint(n.signer); err != nil {
			return false, err
		}
	}
	err = n.store.Append(context.Background(), b)
	if errors.Is(err, store.ErrUnknown) || errors.Is(err, store.ErrStopped) || errors.Is(err, store.ErrClosed) {
		n.stopped.Store(&err)
	}
	return err == nil, err
}

// Stopped returns why the books take no more acts until they are opened again, nil
// while they do.
func (n *Node) Stopped() error {
	if err := n.stopped.Load(); err != nil {
		return *err
	}
	return nil
}

// do enters the acts of one call.
func (d *draft) do(ctx context.Context, acts []Act) ([]Result, error) {
	results := make([]Result, 0, len(acts))
	d.changes = slices.Grow(d.changes, len(acts))
	for i := range acts {
		r, err := d.one(ctx, &acts[i])
		if err != nil {
			return nil, inBatch(d.discreet(&acts[i], err), i, len(acts))
		}
		results = append(results, r)
	}
	return results, nil
}

// inBatch says which of several acts was not accepted.
func inBatch(err error, i, of int) error {
	if of == 1 {
		return err
	}
	return fmt.Errorf("act %d of %d, and so none of them: %w", i+1, of, err)
}

// one enters one act.
func (d *draft) one(ctx context.Context, a *Act) (Result, error) {
	if d.n.signer == nil {
		return Result{}, errReadOnly
	}
	v, ok := verbs[a.Kind]
	if !ok { // the journal knows how to refuse it
		return Result{}, (&journal.Act{Kind: a.Kind}).Check()
	}
	if a.At.IsZero() {
		a.At = d.n.options.Now()
	}
	if err := d.seated(a); err != nil {
		return Result{}, err
	}
	if seq, used, err := d.used(ctx, a.Key); err != nil {
		return Result{}, err
	} else if used {
		return d.repeat(ctx, a, seq)
	}
	if err := d.allowed(a); err != nil {
		return Result{}, err
	}
	if err := d.signedLately(a); err != nil {
		return Result{}, err
	}
	if err := d.asSeen(a); err != nil {
		return Result{}, err
	}
	records, err := v.prepare(d, a)
	if err != nil {
		return Result{}, err
	}
	return d.enter(ctx, a, v, records)
}

// perEntry is how many records one entry carries.
const perEntry = 1000

// enter puts the records of an act into the state and seals its entries.
func (d *draft) enter(ctx context.Context, a *Act, v verb, records []vf.Record) (Result, error) {
	f := d.forAct(a)
	if a.Proof != nil && len(records) > perEntry {
		return Result{}, badProof("it would be several entries, and a signed act is one; sign at most " + strconv.Itoa(perEntry) + " records at once")
	}
	r := Result{Sequence: f.order.Size()}
	for done := 0; r.Entries == 0 || done < len(records); r.Entries++ {
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		key := partKey(a.Key, r.Entries+1)
		if _, used, err := d.used(ctx, key); used || err != nil {
			return Result{}, usedOr(err, key)
		}
		part := records[done:min(done+perEntry, len(records))]
		was := f.present(a.Of)
		if err := v.enter(f, part, a.Of); err != nil {
			return Result{}, err
		}
		if err := f.seal(a, key, part, f.gone(was)); err != nil {
			return Result{}, err
		}
		done += len(part)
		if a.Progress != nil {
			a.Progress(done, len(records))
		}
	}
	if err := f.inOrderOfRights(d, a, records); err != nil {
		return Result{}, err
	}
	f.merge()
	for _, rec := range records {
		r.Records = append(r.Records, rec.Key())
	}
	return r, nil
}

// partKey is the key of the nth entry of an act.
func partKey(key string, n int64) string {
	if n == 1 {
		return key
	}
	return key + "/" + strconv.FormatInt(n, 10)
}

// verb is what a kind of act does: prepare checks it and completes its records
// from the books; enter puts them into the state, and is all that replay does.
type verb struct {
	prepare func(d *draft, a *Act) ([]vf.Record, error)
	enter   func(d *draft, records []vf.Record, of []vf.ID) error
}

var verbs map[journal.Kind]verb

func init() {
	verbs = map[journal.Kind]verb{
		journal.Genesis: {noRecords, nothing}, journal.RotateKey: {noRecords, nothing}, journal.RevokeKey: {noRecords, nothing},
		journal.Declare: {declare, putAll}, journal.Change: {change, putAll}, journal.Withdraw: {withdraw, removeAll},
		journal.Commit: {commit, putAll}, journal.Release: {release, finishAll}, journal.Record: {record, putAll},
		journal.Correct: {correct, putAll}, journal.Finish: {finish, finishAll}, journal.Erase: {erase, eraseAll},
		journal.Adopt: {adopt, adoptAll},
	}
}

func nothing(*draft, []vf.Record, []vf.ID) error { return nil }

// putAll puts records into the state, events by posting them.
func putAll(d *draft, records []vf.Record, _ []vf.ID) error {
	for _, r := range records {
		if err := d.put(public(r)); err != nil {
			return at(err, r.Key())
		}
	}
	return nil
}

// put puts one record into the state, and notes what rights rest on it.
func (d *draft) put(r vf.Record) error {
	before := d.state.Record(r.Key())
	if err := d.state.Put(r); err != nil {
		return err
	}
	if _, event := r.(*vf.EconomicEvent); event {
		return nil
	}
	d.register.Set(before, r, d.state.Record)
	if before == nil && coordination.Authored(r) {
		d.authors[r.Key()] = d.by
	}
	return nil
}

// remove takes one record out of the state.
func (d *draft) remove(id vf.ID) {
	before := d.state.Record(id)
	d.state.Remove(id)
	d.register.Set(before, nil, d.state.Record)
	if before != nil && coordination.Authored(before) {
		d.authors[id] = ""
	}
}

// at says in which record a refusal arose.
func at(err error, id vf.ID) error {
	if r, ok := err.(*rule.Refusal); ok {
		return r.At(string(id))
	}
	return err
}
