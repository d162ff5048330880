package main

import (
	"bufio"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"time"

	"commonweal/host"
	"commonweal/people"
	"commonweal/rule"
	"commonweal/vf"
	"commonweal/web/entrance"
)

// rawPeople is a program that keeps accounts as the server does, by lines on
// standard input: a verb, then name=value with _ for spaces in a value. What a
// line gives is kept for those after it; the first refusal ends the story.
func rawPeople() {
	s := &peopleStory{ctx: context.Background(), at: time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)}
	os.Exit(s.run(os.Stdin))
}

type peopleStory struct {
	ctx  context.Context
	at   time.Time
	p    *people.People
	e    people.Entry
	seat people.Seat

	invitation, code, secret, token string
	field                           map[string]string
}

func (s *peopleStory) run(in io.Reader) int {
	p := &program{ctx: s.ctx, out: os.Stdout, err: os.Stderr, now: time.Now}
	err := s.open(people.Options{})
	for lines := bufio.NewScanner(in); err == nil && lines.Scan(); {
		words := strings.Fields(lines.Text())
		if len(words) == 0 {
			continue
		}
		s.field = map[string]string{"password": "gravel otter lantern tide", "network": "farms", "name": "ada"}
		for _, w := range words[1:] {
			k, v, _ := strings.Cut(w, "=")
			s.field[k] = strings.ReplaceAll(v, "_", " ")
		}
		do, ok := peopleVerbs[words[0]]
		if !ok {
			err = fmt.Errorf("there is no verb %s", words[0])
			break
		}
		err = do(s)
	}
	if err != nil {
		return p.report(err)
	}
	return exitDone
}

func (s *peopleStory) open(o people.Options) (err error) {
	o.Now = func() time.Time { return s.at }
	o.Hashing = people.Hashing{Memory: 64, Passes: 1, Threads: 1}
	s.p, err = people.Open(s.ctx, people.Source{File: "people.sqlite"}, o)
	return err
}

func (s *peopleStory) browser() people.Browser { return people.Browser{Origin: s.origin()} }

func (s *peopleStory) origin() people.Origin {
	return people.Origin{Address: "203.0.113.7", Device: "a test"}
}

func (s *peopleStory) way() people.WayIn { return people.WayIn{Password: s.field["password"]} }

func (s *peopleStory) number(field string) int64 {
	n, _ := strconv.ParseInt(s.field[field], 10, 64)
	return n
}

var peopleVerbs = map[string]func(s *peopleStory) error{
	"invite": func(s *peopleStory) (err error) {
		_, s.invitation, err = s.p.Invite(s.ctx, people.Invitation{Network: s.field["network"], Agent: "agent/ada"})
		return err
	},
	"accept": func(s *peopleStory) (err error) {
		s.e, s.seat, err = s.p.Accept(s.ctx, s.invitation, people.Newcomer{Name: s.field["name"], Mail: s.field["mail"], WayIn: s.way()}, s.browser())
		return err
	},
	"acceptAs": func(s *peopleStory) (err error) {
		s.e, s.seat, err = s.p.AcceptAs(s.ctx, s.invitation, s.e.Session, s.origin())
		return err
	},
	"signIn": func(s *peopleStory) (err error) {
		e, err := s.p.SignIn(s.ctx, s.field["name"], s.field["password"], s.browser())
		if s.field["goOn"] != "" {
			return nil
		}
		s.e = e
		return err
	},
	"signOut": func(s *peopleStory) error {
		return errors.Join(s.p.SignOut(s.ctx, s.e.Secret, s.origin()))
	},
	"see": func(s *peopleStory) error {
		_, _, err := s.p.Session(s.ctx, s.e.Secret)
		return err
	},
	"setPassword": func(s *peopleStory) (err error) {
		s.e, err = s.p.SetPassword(s.ctx, s.e.Session, s.field["current"], s.field["password"], s.origin())
		return err
	},
	"removePassword": func(s *peopleStory) error { return s.p.RemovePassword(s.ctx, s.e.Session, s.origin()) },
	"setMail":        func(s *peopleStory) error { return s.p.SetMail(s.ctx, s.e.Account, s.field["mail"], s.origin()) },
	"makeCodes": func(s *peopleStory) error {
		codes, err := s.p.NewCodes(s.ctx, s.e.Session, s.origin())
		if err == nil {
			s.code = codes[0]
		}
		return err
	},
	"recover": func(s *peopleStory) (err error) {
		s.e, err = s.p.RecoverByCode(s.ctx, s.field["name"], s.code, s.way(), s.browser())
		return err
	},
	"helpIn": func(s *peopleStory) error {
		_, _, err := s.p.IssueRecovery(s.ctx, s.e.Account, "agent/olga", s.field["network"])
		return err
	},
	"makeToken": func(s *peopleStory) error {
		t, secret, err := s.p.MakeToken(s.ctx, s.e.Session, people.Token{Label: "till", Network: s.field["network"], Budget: s.number("budget"),
			Mandate: people.Mandate{Verbs: []string{"record"}, ReadOnly: s.field["readOnly"] != "", Until: s.at.Add(24 * time.Hour)}}, s.origin())
		s.token, s.secret = t.ID, secret
		return err
	},
	"bearer": func(s *peopleStory) error {
		_, err := s.p.Bearer(s.ctx, s.secret)
		return err
	},
	"revokeToken": func(s *peopleStory) error { return s.p.RevokeToken(s.ctx, s.e.Account, s.token, s.origin()) },
	"spend":       func(s *peopleStory) error { return s.p.Spend(s.ctx, s.token, s.number("acts")) },
	"passkey":     func(s *peopleStory) error { _, err := s.p.BeginSignIn(s.ctx); return err },
	"passkeysOnly": func(s *peopleStory) error {
		return s.open(people.Options{PasskeysOnly: true, Site: people.Site{ID: "localhost", Name: "Commonweal", Origins: []string{"http://localhost"}}})
	},
	"pass": func(s *peopleStory) error {
		d, err := time.ParseDuration(s.field["time"])
		s.at = s.at.Add(d)
		return err
	},
	"visit": func(s *peopleStory) error { // asks for the page of the account as JSON: from=cookie or from=token, site=cross-site
		r := httptest.NewRequest(http.MethodPost, "http://localhost"+cmp.Or(s.field["path"], "/account/mail"), strings.NewReader("{}"))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Sec-Fetch-Site", s.field["site"])
		r.AddCookie(&http.Cookie{Name: "commonweal-session", Value: s.e.Secret})
		if s.field["from"] == "token" {
			r.Header.Set("Authorization", "Bearer "+s.secret)
		}
		w := httptest.NewRecorder()
		entrance.New(entrance.Options{People: s.p, Address: "http://localhost"}).Handler().ServeHTTP(w, r)
		var said struct {
			Refusal struct {
				Rule string `json:"rule"`
			} `json:"refusal"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || said.Refusal.Rule == "" {
			return err
		}
		return rule.Refuse(rule.Name(said.Refusal.Rule))
	},
	"check": func(s *peopleStory) error { // looks at an invitation into the example before it is made
		h, err := host.Open(s.ctx, host.Options{Data: "."})
		if err != nil {
			return err
		}
		n, err := h.Example(s.ctx, "https://example.org/example/")
		if err == nil {
			err = h.CheckInvitation("agent/ada", people.Invitation{Network: n.Name, Role: s.field["role"], Scope: vf.ID(s.field["scope"])})
		}
		return errors.Join(err, h.Close())
	},
	"newer": func(s *peopleStory) error {
		db, err := sql.Open("sqlite3", "file:people.sqlite")
		if err != nil {
			return err
		}
		_, err = db.Exec("INSERT INTO layout (version_id, is_applied) VALUES (99, 1)")
		return errors.Join(err, db.Close(), s.open(people.Options{}))
	},
}
