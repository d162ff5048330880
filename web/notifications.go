package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"commonweal/host"
	"commonweal/people"
	"commonweal/rule"
	"commonweal/web/linked"
)

// notificationsShown is how many notifications stand on one page.
const notificationsShown = 100

// told is a notification as programs read it.
type told struct {
	Source string          `json:"source"`
	Kind   string          `json:"kind"`
	Told   time.Time       `json:"told"`
	Read   *time.Time      `json:"read"` // null while it is unread
	Body   json.RawMessage `json:"body"`
}

// shown is a notification on a page.
type shown struct {
	Source, Text, Day, At string
	Address               string // of the record that it is about, "" where it is not in the books
	Causes                []string
	Unread                bool
}

var notificationsPage = page("notifications")

// notifications serves the notifications of who is signed in: GET the newest, as a
// page or as JSON; POST marks as read, those named by source, or all.
func (s *Site) notifications(n *host.Network, routes *routes) {
	if s.entrance == nil {
		return
	}
	routes.HandleFunc("GET /notifications", func(w http.ResponseWriter, r *http.Request) {
		who, err := s.signedIn(r)
		if err != nil && strings.Contains(r.Header.Get("Accept"), "text/html") {
			http.Redirect(w, r, "/signin?then="+url.QueryEscape("/"+n.Name+"/notifications"), http.StatusSeeOther)
			return
		}
		if err != nil {
			refuse(w, http.StatusUnauthorized, err)
			return
		}
		list, failed := s.o.People.Notifications(r.Context(), who, n.Name, people.Notification{}, notificationsShown)
		if failed != nil {
			panic(failed) // the guard answers
		}
		if strings.Contains(r.Header.Get("Accept"), "application/json") {
			answerJSON(w, written(list))
			return
		}
		s.show(w, http.StatusOK, notificationsPage, frame{Title: "What concerns you", Network: n.Name, Body: pageOf(n, list)})
	})
	routes.HandleFunc("POST /notifications", func(w http.ResponseWriter, r *http.Request) {
		who, err := s.signedIn(r)
		if err != nil {
			refuse(w, http.StatusUnauthorized, err)
			return
		}
		if err := r.ParseForm(); err != nil {
			plain(w, http.StatusBadRequest, "The form cannot be read.")
			return
		}
		if err := s.o.People.MarkRead(r.Context(), who, n.Name, r.PostForm["source"]...); err != nil {
			panic(err)
		}
		http.Redirect(w, r, "/"+n.Name+"/notifications", http.StatusSeeOther)
	})
}

// signedIn is the account of a person who is signed in.
func (s *Site) signedIn(r *http.Request) (string, *rule.Refusal) {
	who, err := s.who(r)
	if err != nil || !who.Known() || who.Token != "" {
		return "", rule.Refuse("signedOut")
	}
	return who.Account, nil
}

func written(list []people.Notification) []told {
	out := make([]told, 0, len(list))
	for _, x := range list {
		t := told{Source: x.Source, Kind: x.Kind, Told: x.Told, Body: x.Body}
		if !x.Read.IsZero() {
			t.Read = &x.Read
		}
		out = append(out, t)
	}
	return out
}

// notificationsOf is what the page of notifications shows.
type notificationsOf struct {
	Network string
	Unread  bool
	List    []shown
}

func pageOf(n *host.Network, list []people.Notification) notificationsOf {
	out, books := notificationsOf{Network: n.Name}, n.Snapshot()
	for _, x := range list {
		var t host.Told
		if json.Unmarshal(x.Body, &t) != nil {
			continue // of a kind that this page does not know
		}
		row := shown{Source: x.Source, Text: t.Text, Day: x.Told.UTC().Format("2 Jan"), At: x.Told.UTC().Format(time.RFC3339), Causes: t.Causes, Unread: x.Read.IsZero()}
		if r, err := books.Record(t.About); err == nil && r != nil {
			row.Address = linked.Address(n.Name, t.About)
		}
		out.List = append(out.List, row)
		out.Unread = out.Unread || row.Unread
	}
	return out
}

// answerJSON answers programs.
func answerJSON(w http.ResponseWriter, v any) {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // values of our own can be written
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(raw)
}
