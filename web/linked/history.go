package linked

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"

	"commonweal/journal"
	"commonweal/vf"
)

// errFound ends a reading of the journal.
var errFound = errors.New("found")

// entry reads an entry of the journal.
func (q *request) entry(seq int64) (*journal.Entry, error) {
	var e *journal.Entry
	err := q.n.Store().Entries(q.r.Context(), seq, func(_ int64, raw []byte) (err error) {
		if e, err = journal.Decode(raw); err != nil {
			return err
		}
		return errFound
	})
	if err != nil && !errors.Is(err, errFound) {
		return nil, err
	}
	if e == nil {
		return nil, errors.New("the journal ends before an entry that the books name")
	}
	return e, nil
}

// said is a record as entries said it last, without its personal part; nil
// where none of them carries it.
func (q *request) said(id vf.ID, past []int64) (vf.Record, error) {
	finished := false
	for _, seq := range slices.Backward(past) {
		e, err := q.entry(seq)
		if err != nil {
			return nil, err
		}
		r, err := carried(e, id)
		if err != nil {
			return nil, err
		}
		if r != nil {
			if finished {
				finish(r)
			}
			return r, nil
		}
		finished = finished || (e.Act.Kind == journal.Finish || e.Act.Kind == journal.Release) && slices.Contains(e.Act.Of, id)
	}
	return nil, nil
}

func finish(r vf.Record) {
	if f := reflect.ValueOf(r).Elem().FieldByName("Finished"); f.IsValid() {
		f.SetBool(true)
	}
}

// carried is the public part of a record in an entry, nil if it is not there.
func carried(e *journal.Entry, id vf.ID) (vf.Record, error) {
	for _, raw := range e.Act.Records {
		var head struct {
			ID vf.ID `json:"@id"`
		}
		if json.Unmarshal(raw, &head) != nil || head.ID != id {
			continue
		}
		public, err := journal.Join(raw, nil)
		if err != nil {
			return nil, err
		}
		return vf.Decode(public)
	}
	return nil, nil
}

// Revision is one entry that changed a record.
type Revision struct {
	Sequence int64        `json:"sequence"`
	At       vf.Time      `json:"at"`
	Author   vf.ID        `json:"author,omitzero"` // left out where the asker may not see them
	Kind     journal.Kind `json:"kind"`
	Said     bool         `json:"said"`   // the entry says the record; else it changed it otherwise
	Signed   string       `json:"signed"` // by whom: "author" with a key of their own, "server" on their behalf
}

// perPage is how many rows a page has.
const perPage = 50

// historyPage is what the page of a history shows.
type historyPage struct {
	Of       link
	At       string // address of the record
	Rows     []revisionRow
	More     string
	Resource bool
}

type revisionRow struct {
	Revision
	When, Did, Address string
	Who                *link
}

// history lists the revisions of a record, newest first.
func (q *request) history(r vf.Record) {
	f, ok := q.choose(pageForms)
	if !ok {
		return
	}
	past := q.books().Past(r.Key())
	at := Address(q.n.Name, r.Key())
	page := historyPage{Of: q.link(r.Key()), At: at}
	_, page.Resource = r.(*vf.EconomicResource)
	if before, err := strconv.ParseInt(q.r.URL.Query().Get("before"), 10, 64); err == nil {
		past = past[:indexOf(past, before)]
	}
	if len(past) > perPage {
		page.More = with(at, "history&before="+strconv.FormatInt(past[len(past)-perPage], 10))
		q.w.Header().Add("Link", "<"+page.More+`>; rel="next"`)
		past = past[len(past)-perPage:]
	}
	list := []Revision{}
	for _, seq := range slices.Backward(past) {
		row, err := q.revision(r.Key(), seq)
		if err != nil {
			q.fail(err)
		}
		page.Rows, list = append(page.Rows, row), append(list, row.Revision)
	}
	if f.name == asHTML.name {
		q.show(200, "History of "+page.Of.Name, "history", page)
		return
	}
	body, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		q.fail(err)
	}
	q.entity(f, q.tag(r.Key(), body), append(body, '\n'))
}

// indexOf is where a sequence stands in a sorted list, or would.
func indexOf(past []int64, seq int64) int {
	i, _ := slices.BinarySearch(past, seq)
	return i
}

func (q *request) revision(id vf.ID, seq int64) (revisionRow, error) {
	e, err := q.entry(seq)
	if err != nil {
		return revisionRow{}, err
	}
	r, err := carried(e, id)
	if err != nil {
		return revisionRow{}, err
	}
	row := revisionRow{Address: with(Address(q.n.Name, id), "at="+strconv.FormatInt(seq, 10)), Revision: Revision{Sequence: seq, At: e.Act.At, Kind: e.Act.Kind, Said: r != nil, Signed: signedBy(e)}, When: day(e.Act.At), Did: didWords[e.Act.Kind]}
	if e.Act.Author == vf.ID(q.n.Network()) {
		row.Author, row.Who = e.Act.Author, &link{Name: "the network"}
	} else if author, err := q.me.Seat.Record(e.Act.Author); err != nil {
		return revisionRow{}, err
	} else if author != nil || e.Act.Author == q.me.Agent && q.me.Agent != "" {
		row.Author = e.Act.Author
		who := q.link(e.Act.Author)
		row.Who = &who
	}
	if r == nil && e.Act.Kind != journal.Finish && e.Act.Kind != journal.Release && e.Act.Kind != journal.Erase {
		row.Did = "changed by what happened"
	}
	return row, nil
}

// signedBy says who signed an entry besides the network, whose key signs all.
func signedBy(e *journal.Entry) string {
	if e.Act.Proof != nil {
		return "author"
	}
	return "server"
}

// didWords are what kinds of acts do to a record.
var didWords = map[journal.Kind]string{
	journal.Genesis: "began the network", journal.Declare: "declared", journal.Change: "changed", journal.Withdraw: "taken back", journal.Commit: "promised",
	journal.Release: "given back", journal.Record: "recorded", journal.Correct: "corrected", journal.Finish: "finished", journal.Erase: "personal data erased",
	journal.Adopt: "taken over from a plan", journal.RotateKey: "key changed", journal.RevokeKey: "key revoked",
}

// resourceAt is a resource as what happened up to an entry had made it, without its
// personal part.
func (q *request) resourceAt(id vf.ID, seq int64) (vf.Record, error) {
	was, err := q.n.Revision(q.r.Context(), id, seq)
	r, ok := was.(*vf.EconomicResource)
	if err != nil || !ok {
		return nil, err
	}
	public := *r
	public.Note = ""
	return &public, nil
}

// at answers with a record as it stood behind an entry that changed it, without
// its personal part.
func (q *request) at(r vf.Record, text string) {
	seq, err := strconv.ParseInt(text, 10, 64)
	past := q.books().Past(r.Key())
	i, found := slices.BinarySearch(past, seq)
	if err != nil || !found {
		q.nothing()
		return
	}
	was, err := q.said(r.Key(), past[:i+1])
	if _, ok := r.(*vf.EconomicResource); ok && err == nil {
		was, err = q.resourceAt(r.Key(), seq)
	}
	if err != nil {
		q.fail(err)
	}
	if was == nil || !q.me.Seat.Sees(was) {
		q.nothing()
		return
	}
	f, ok := q.choose(recordForms)
	if !ok {
		return
	}
	if f.name == asHTML.name {
		q.revisionPage(was, seq)
		return
	}
	body, err := written(f, was, q.n.Network())
	if err != nil {
		q.fail(err)
	}
	q.entity(f, q.tag(r.Key(), body), body)
}
