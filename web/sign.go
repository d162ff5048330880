package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"commonweal/host"
	"commonweal/journal"
	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
	"commonweal/web/entrance"
)

// signPage is what the page shows on which a member signs.
type signPage struct {
	Network, ID string
	Agent       vf.ID
	Name, Note  string
	Person      string // the member's record as an input of GraphQL, "" where they are no person there
	Seen        int64  // the entry that changed it last
	Device      string // what this browser says that it is
	Keys        []keyRow
	Lately      bool // of earlier uses of keys nothing was looked up
	Said        *rule.Refusal
}

// keyRow is a key of the member.
type keyRow struct {
	ID                 vf.ID
	Name, PublicKey    string
	Made, MadeAt, Used string
	Ended              bool
}

var signingPage = page("sign")

// lately is how many of the newest entries are looked through for uses of keys.
const lately = 2000

// sign serves the page on which a member is called something, makes a key for their
// browser, and withdraws it. What the page does by script goes through GraphQL.
func (s *Site) sign(n *host.Network, routes *routes) {
	if s.entrance == nil {
		return
	}
	routes.HandleFunc("GET /sign", func(w http.ResponseWriter, r *http.Request) { s.signed(w, r, n, nil) })
	routes.HandleFunc("POST /sign/name", func(w http.ResponseWriter, r *http.Request) {
		s.signed(w, r, n, func(seat *seat) error { return rename(r, seat) })
	})
	routes.HandleFunc("POST /sign/end", func(w http.ResponseWriter, r *http.Request) {
		s.signed(w, r, n, func(seat *seat) error {
			_, err := seat.Do(r.Context(), node.Act{Kind: journal.Withdraw, Key: "page/" + rand.Text(), Of: []vf.ID{vf.ID(r.PostFormValue("id"))}})
			return err
		})
	})
}

// signed does something as a member, if there is something to do, and shows the page;
// what was refused is shown on it.
func (s *Site) signed(w http.ResponseWriter, r *http.Request, n *host.Network, do func(*seat) error) {
	if _, err := s.signedIn(r); err != nil {
		if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
			http.Redirect(w, r, "/signin?then="+url.QueryEscape("/"+n.Name+"/sign"), http.StatusSeeOther)
			return
		}
		refuse(w, http.StatusUnauthorized, err)
		return
	}
	seat, err := s.seat(r, n)
	if err != nil {
		panic(err) // the guard answers
	}
	if seat.Actor().Agent == "" {
		refuse(w, http.StatusForbidden, rule.Refuse("notSeated", "network", n.Name))
		return
	}
	status, p := http.StatusOK, signPage{}
	if do != nil {
		err := do(seat)
		if err == nil {
			http.Redirect(w, r, "/"+n.Name+"/sign", http.StatusSeeOther)
			return
		}
		if !errors.As(err, &p.Said) {
			panic(err)
		}
		status = entrance.StatusOf(p.Said)
	}
	if err := p.fill(r, n, seat); err != nil {
		panic(err)
	}
	s.show(w, status, signingPage, frame{Title: "Me, and how I sign", Network: n.Name, Script: "/static/keys.js", Body: p})
}

// rename has the server sign what somebody is called, where their browser does not.
func rename(r *http.Request, seat *seat) error {
	me, err := seat.Record(seat.Actor().Agent)
	was, ok := me.(*vf.Agent)
	if err != nil || !ok {
		return err
	}
	is := *was
	is.Name, is.Note = strings.TrimSpace(r.PostFormValue("name")), strings.ReplaceAll(r.PostFormValue("note"), "\r\n", "\n")
	a := node.Act{Kind: journal.Change, Key: "page/" + rand.Text(), Records: []vf.Record{&is}}
	if seen, err := strconv.ParseInt(r.PostFormValue("seen"), 10, 64); err == nil {
		a.Seen = map[vf.ID]int64{is.ID: seen}
	}
	_, err = seat.Do(r.Context(), a)
	return err
}

// fill looks up what the page shows.
func (p *signPage) fill(r *http.Request, n *host.Network, seat *seat) error {
	p.Network, p.ID, p.Agent, p.Device = n.Name, n.Network(), seat.Actor().Agent, entrance.DeviceOf(r.UserAgent())
	books := n.Snapshot()
	me, err := seat.Record(p.Agent)
	if err != nil {
		return err
	}
	if a, ok := me.(*vf.Agent); ok && a.Type == "Person" {
		if p.Person, err = asInput(a); err != nil {
			return err
		}
		p.Name, p.Note = a.Name, a.Note
		if past := books.Past(p.Agent); len(past) > 0 {
			p.Seen = past[len(past)-1]
		}
	}
	used, err := p.uses(r.Context(), n)
	if err != nil {
		return err
	}
	for id := range books.Referring("DeviceKey", "keyOf", p.Agent, "", false) {
		k, err := seat.Record(id)
		if err != nil {
			return err
		}
		key, ok := k.(*vf.DeviceKey)
		if !ok {
			continue // not theirs to see
		}
		row := keyRow{ID: id, Name: key.Note, PublicKey: key.PublicKey, Used: used[key.PublicKey], Ended: !key.HasEnd.IsZero() && key.HasEnd.Before(time.Now())}
		if past := books.Past(id); len(past) > 0 {
			if err := readEntries(r.Context(), n, past[0], func(e *journal.Entry) bool {
				row.Made, row.MadeAt = e.Act.At.UTC().Format("2 Jan 2006"), e.Act.At.String()
				return false
			}); err != nil {
				return err
			}
		}
		p.Keys = append(p.Keys, row)
	}
	return nil
}

// uses are the days on which keys signed last, by the newest entries.
func (p *signPage) uses(ctx context.Context, n *host.Network) (map[string]string, error) {
	used := map[string]string{}
	from := max(0, n.Journal().Size()-lately)
	p.Lately = from > 0
	return used, readEntries(ctx, n, from, func(e *journal.Entry) bool {
		if e.Act.Proof != nil && e.Act.Author == p.Agent {
			used[string(e.Act.Proof.Key)] = e.Act.At.UTC().Format("2 Jan 2006")
		}
		return true
	})
}

// errEnough ends a reading of the journal.
var errEnough = errors.New("enough is read")

// readEntries reads the journal from an entry on, as long as more is wanted.
func readEntries(ctx context.Context, n *host.Network, from int64, each func(*journal.Entry) bool) error {
	err := n.Store().Entries(ctx, from, func(_ int64, raw []byte) error {
		e, err := journal.Decode(raw)
		if err == nil && !each(e) {
			err = errEnough
		}
		return err
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// asInput writes a record as an input of GraphQL takes it.
func asInput(r vf.Record) (string, error) {
	raw, err := vf.Encode(r)
	if err != nil {
		return "", err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return "", err
	}
	fields["id"] = fields["@id"]
	delete(fields, "@id")
	delete(fields, "@type")
	raw, err = json.Marshal(fields)
	return string(raw), err
}
