package linked

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"commonweal/format"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/plan"
	"commonweal/rule"
	"commonweal/store"
	"commonweal/vf"
)

// smallBody is how large a body may be of who may not enter records at large.
const smallBody = 1 << 20

// mostWarnings is of how many records it is told that they will not be planned.
const mostWarnings = 20

// Takes reports whether a request has a body that the handler bounds itself, when
// it knows who sends it: nothing is read of a stranger's.
func Takes(r *http.Request) bool {
	name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return r.Method == http.MethodPost && name != "" && (rest == "network" || listOf(rest) != "")
}

// Taken tells what was taken in.
type Taken struct {
	Sequence int64          `json:"sequence"` // of the first entry; -1 where there was nothing to enter
	Entries  int64          `json:"entries"`
	Key      string         `json:"key"`
	Again    bool           `json:"again"` // it was taken in before, under the same key
	Records  map[string]int `json:"records,omitempty"`
	Changed  int            `json:"changed,omitempty"`
	Same     int            `json:"same,omitempty"`     // rows that said what the books say
	Warnings []string       `json:"warnings,omitempty"` // what will not be planned as it is, in words
}

// take takes in a network file, or a list: all of it or nothing.
func (q *request) take(list string) {
	if q.me.Agent == "" {
		q.w.Header().Set("WWW-Authenticate", "Bearer")
		q.say(http.StatusUnauthorized, "Sign in", "Who takes records in signs in first, or sends the token of a bot.")
		return
	}
	name, ok := q.bodyName(list)
	if !ok {
		return
	}
	limit := q.o.MaxImport
	if q.me.Seat.May(string(journal.Declare)) != nil {
		limit = min(limit, smallBody)
	}
	_ = http.NewResponseController(q.w).SetReadDeadline(time.Now().Add(10 * time.Minute)) // else the server's own holds
	file := format.File{Name: name, Data: http.MaxBytesReader(q.w, q.r.Body, limit)}
	key := q.r.Header.Get("Idempotency-Key")
	if key == "" {
		key = rand.Text()
	}
	taken, acts, err := q.read(list, key, file)
	if err == nil {
		err = q.enter(taken, acts)
	}
	if err != nil {
		q.refused(err)
		return
	}
	q.tell(taken)
}

// bodyName is what the body is called in messages, by what it is said to be.
func (q *request) bodyName(list string) (string, bool) {
	kind, _, _ := mime.ParseMediaType(q.r.Header.Get("Content-Type"))
	accepts := []string{"text/csv"}
	switch {
	case list != "" && kind == "text/csv":
		return list + ".csv", true
	case list == "" && (kind == jsonLD.mime || kind == asJSON.mime):
		return "network.jsonld", true
	case list == "" && (kind == asYAML.mime || contains(asYAML.also, kind)):
		return "network.yaml", true
	case list == "":
		accepts = []string{jsonLD.mime, asJSON.mime, asYAML.mime}
	}
	q.w.Header().Set("Accept", strings.Join(accepts, ", "))
	q.say(http.StatusUnsupportedMediaType, "Say what it is", "Send it with the Content-Type "+strings.Join(accepts, " or ")+".")
	return "", false
}

// read reads a body into acts.
func (q *request) read(list, key string, file format.File) (*Taken, []node.Act, error) {
	known, err := q.me.Seat.Graph()
	if err != nil {
		return nil, nil, err
	}
	t := &Taken{Sequence: -1, Key: key, Records: map[string]int{}}
	if list != "" {
		said, err := format.ReadCSV(file, list, known)
		if err != nil {
			return nil, nil, err
		}
		t.Changed, t.Same = len(said.Changed), said.Same
		return t, q.acts(t, key, said.New, said.Changed), nil
	}
	n, err := format.ReadNetworks([]format.File{file}, known)
	if err != nil {
		return nil, nil, err
	}
	if n.Base != "" && n.Base != q.n.Network() {
		return nil, nil, rule.Refuse("otherNetwork", "base", n.Base, "network", q.n.Network())
	}
	return t, q.acts(t, key, n.Graph.All(), nil), nil
}

// acts are what enters new and changed records.
func (q *request) acts(t *Taken, key string, fresh, changed []vf.Record) []node.Act {
	for _, r := range fresh {
		t.Records[string(r.Class())]++
	}
	for _, r := range slices.Concat(fresh, changed) {
		if i, ok := r.(*vf.Intent); ok && plan.Undated(i) && len(t.Warnings) < mostWarnings {
			t.Warnings = append(t.Warnings, string(i.ID)+" has no date and cannot be planned; give due, the date by which it is wanted.")
		}
	}
	var acts []node.Act
	if len(fresh) > 0 {
		acts = append(acts, node.Act{Kind: journal.Declare, Author: q.me.Agent, Key: key, Records: fresh})
		key += "/changed"
	}
	if len(changed) > 0 {
		acts = append(acts, node.Act{Kind: journal.Change, Author: q.me.Agent, Key: key, Records: changed})
	}
	return acts
}

func (q *request) enter(t *Taken, acts []node.Act) error {
	if len(acts) == 0 {
		return nil
	}
	results, err := q.me.Seat.Do(q.r.Context(), acts...)
	if err != nil {
		return err
	}
	t.Sequence, t.Again = results[0].Sequence, results[0].Repeated
	for _, r := range results {
		t.Entries += r.Entries
	}
	return nil
}

// tell says what was taken in.
func (q *request) tell(t *Taken) {
	f, ok := wanted(q.r, []form{asJSON, asText})
	status := http.StatusCreated
	if t.Again || t.Sequence < 0 {
		status = http.StatusOK
	}
	q.w.Header().Set("Idempotency-Key", t.Key)
	if ok && f.name == asText.name {
		q.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		q.w.WriteHeader(status)
		_, _ = fmt.Fprintln(q.w, t) //nolint:gosec // as plain text, with nosniff, it is no page
		return
	}
	q.json(status, t)
}

// String says it in words.
func (t *Taken) String() string {
	if t.Again {
		return "This was taken in already, under the same key; nothing was entered now."
	}
	var parts []string
	for _, class := range slices.Sorted(maps.Keys(t.Records)) {
		parts = append(parts, strconv.Itoa(t.Records[class])+" "+class)
	}
	for _, p := range []struct {
		n    int
		what string
	}{{t.Changed, " changed"}, {t.Same, " as they are in the books"}} {
		if p.n > 0 {
			parts = append(parts, strconv.Itoa(p.n)+p.what)
		}
	}
	if t.Sequence < 0 {
		return "Nothing new: " + strings.Join(parts, ", ") + "."
	}
	said := fmt.Sprintf("Taken in from entry %d on: %s.", t.Sequence, strings.Join(parts, ", "))
	return strings.Join(append([]string{said}, t.Warnings...), "\n")
}

func (q *request) json(status int, v any) {
	body, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		q.fail(err)
	}
	q.w.Header().Set("Content-Type", asJSON.mime)
	q.w.WriteHeader(status)
	_, _ = q.w.Write(append(body, '\n')) // who asked may have gone
}

// Fault is one thing that was refused.
type Fault struct {
	Rule     rule.Name `json:"rule"`
	Place    string    `json:"place,omitempty"`
	File     string    `json:"file,omitempty"`
	Line     int       `json:"line,omitempty"`
	Column   int       `json:"column,omitempty"`
	Sentence string    `json:"sentence"`
	Hint     string    `json:"hint,omitempty"`
}

// placed finds file, line and column at the beginning of a place.
var placed = regexp.MustCompile(`^([^:\s]+):([0-9]+)(?::([0-9]+))?`)

func faultOf(r *rule.Refusal) Fault {
	f := Fault{Rule: r.Rule, Place: r.Place, Sentence: r.Sentence(), Hint: r.Hint()}
	if m := placed.FindStringSubmatch(r.Place); m != nil {
		f.File = m[1]
		f.Line, _ = strconv.Atoi(m[2])
		f.Column, _ = strconv.Atoi(m[3])
	}
	return f
}

// refused answers that something was not done, and why: each reason with its
// place, as JSON or as lines of text.
func (q *request) refused(err error) {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		q.say(http.StatusRequestEntityTooLarge, "Too large", fmt.Sprintf("The body is larger than %d bytes; send it in several parts.", large.Limit))
		return
	}
	var all format.Refusals
	var single *rule.Refusal
	switch {
	case errors.As(err, &all):
	case errors.As(err, &single):
		all = format.Refusals{single}
	case errors.Is(err, store.ErrUnknown), errors.Is(err, store.ErrStopped), errors.Is(err, store.ErrClosed):
		q.say(http.StatusServiceUnavailable, "Not now", "The books take no acts at the moment, or it is unknown whether they took this one. Send it again with the same Idempotency-Key.")
		return
	case errors.Is(err, io.ErrUnexpectedEOF):
		q.say(http.StatusBadRequest, "Cut off", "The body ended before it was whole.")
		return
	default:
		q.fail(err)
	}
	status := http.StatusUnprocessableEntity
	switch all[0].Rule {
	case "notAllowed":
		status = http.StatusForbidden
	case "keyUsed", "changedSince", "idTaken":
		status = http.StatusConflict
	}
	f, _ := wanted(q.r, []form{asJSON, asText})
	if f.name == asText.name {
		q.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		q.w.WriteHeader(status)
		fmt.Fprintln(q.w, all)
		return
	}
	faults := []Fault{}
	for _, r := range all {
		faults = append(faults, faultOf(r))
	}
	q.json(status, map[string]any{"refusals": faults})
}
