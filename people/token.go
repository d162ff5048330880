package people

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"commonweal/rule"
	"commonweal/vf"
)

// Token lets a program act in a person's name, in one network.
type Token struct {
	ID      string // to name it by; it opens nothing
	Account string
	Label   string
	Network string
	Mandate
	Budget  int64 // acts a day, by UTC
	Spent   int64 // of them, today
	Created time.Time
	Used    time.Time // the last time, to the minute; zero if it was not yet
}

// Mandate is how much less than the person a program may do.
type Mandate struct {
	Verbs    []string // acts that it may make, as the charter names them; none named means none
	Scopes   []vf.ID  // where, with all scopes below; none named means everywhere that the person may
	ReadOnly bool     // it may make none at all; reading is part of every mandate
	Until    time.Time
}

const (
	tokenPrefix = "cw_"
	tokenKind   = "token"
	tokenLonger = 366 * day // at most
	budgetMost  = 1_000_000 // acts a day
	tokensMost  = 50        // of an account
)

// MakeToken makes a token, and its secret, which is shown here only.
func (p *People) MakeToken(ctx context.Context, s Session, t Token, from Origin) (Token, string, error) {
	if err := p.fresh(s); err != nil {
		return t, "", err
	}
	if err := p.checkToken(t); err != nil {
		return t, "", err
	}
	random, err := p.secret()
	if err != nil {
		return t, "", err
	}
	if t.ID, err = p.newID(); err != nil {
		return t, "", err
	}
	now := p.now()
	t.Account, t.Created, t.Used, t.Spent, t.Until = s.Account, when(now), time.Time{}, 0, when(stored(t.Until))
	verbs, _ := json.Marshal(t.Verbs)
	scopes, _ := json.Marshal(t.Scopes)
	secret := tokenPrefix + random
	err = p.transact(ctx, func(x *sql.Tx) error {
		var tokens, seats int64
		_, err := p.find(ctx, x, "SELECT (SELECT COUNT(*) FROM token WHERE account = $1 AND revoked = 0 AND expires > $3),"+
			" (SELECT COUNT(*) FROM seat WHERE account = $1 AND network = $2 AND ended = 0)", []any{s.Account, t.Network, now}, &tokens, &seats)
		switch {
		case err != nil:
			return err
		case seats == 0:
			return rule.Refuse("notSeated", "network", t.Network)
		case tokens >= tokensMost:
			return rule.Refuse("tooManyItems", "what", "tokens", "most", strconv.Itoa(tokensMost))
		}
		_, err = p.exec(ctx, x, "INSERT INTO token (id, hash, account, network, label, verbs, scopes, read_only, budget, spent_day, spent, created, expires, revoked, used)"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, $11, 0, 0)",
			t.ID, hashed(tokenKind, secret), t.Account, t.Network, t.Label, string(verbs), string(scopes), bit(t.ReadOnly), t.Budget, now, stored(t.Until))
		if err != nil {
			return err
		}
		return p.log(ctx, x, s.Account, TokenMade, t.Label, from)
	})
	if err != nil {
		return t, "", err
	}
	return t, secret, nil
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (p *People) checkToken(t Token) error {
	bad := func(field, wanted string) error { return rule.Refuse("badForm", "field", field, "wanted", wanted) }
	now := p.o.Now()
	switch {
	case strings.TrimSpace(t.Label) == "" || len(t.Label) > longestEventText:
		return bad("label", "a few words that say what it is for")
	case len(t.Network) > 200:
		return bad("network", "the name of a network")
	case !t.Until.After(now) || t.Until.After(now.Add(tokenLonger)):
		return bad("until", "a time within the next year")
	case t.Budget < 0 || t.Budget > budgetMost || t.Budget == 0 && !t.ReadOnly:
		return bad("budget", "a number of acts a day from 1 to "+strconv.Itoa(budgetMost))
	case len(t.Verbs) == 0 && !t.ReadOnly:
		return bad("verbs", "at least one")
	case len(t.Verbs) > 50 || len(t.Scopes) > 50:
		return bad("verbs or scopes", "at most 50")
	}
	return nil
}

const tokenColumns = "t.id, t.account, t.label, t.network, t.verbs, t.scopes, t.read_only, t.budget, CASE WHEN t.spent_day = $1 THEN t.spent ELSE 0 END, t.created, t.expires, t.used" //nolint:gosec // names of columns

func (t *Token) scan(r *sql.Rows) error {
	var verbs, scopes string
	var readOnly, created, until, used int64
	err := r.Scan(&t.ID, &t.Account, &t.Label, &t.Network, &verbs, &scopes, &readOnly, &t.Budget, &t.Spent, &created, &until, &used)
	if err != nil {
		return err
	}
	t.ReadOnly, t.Created, t.Until, t.Used = readOnly != 0, when(created), when(until), when(used)
	if err := json.Unmarshal([]byte(verbs), &t.Verbs); err != nil {
		return err
	}
	return json.Unmarshal([]byte(scopes), &t.Scopes)
}

func (p *People) tokens(ctx context.Context, where string, args ...any) (list []Token, err error) {
	err = p.list(ctx, p.read, "SELECT "+tokenColumns+" FROM token t JOIN account a ON a.id = t.account WHERE a.erased = 0 AND t.revoked = 0 AND t.expires > $2 AND "+where,
		append([]any{p.today(), p.now()}, args...), func(r *sql.Rows) error {
			var t Token
			err := t.scan(r)
			list = append(list, t)
			return err
		})
	return list, err
}

func (p *People) today() int64 { return p.now() / day.Milliseconds() }

// Bearer returns the token of a secret. It is read from the database each time,
// as sessions are.
func (p *People) Bearer(ctx context.Context, secret string) (t Token, err error) {
	random, ok := strings.CutPrefix(secret, tokenPrefix)
	if !ok || !wellFormed(random) {
		return t, rule.Refuse("badToken")
	}
	list, err := p.tokens(ctx, "t.hash = $3", hashed(tokenKind, secret))
	if err != nil {
		return t, err
	}
	if len(list) != 1 {
		return t, rule.Refuse("badToken")
	}
	t = list[0]
	if now := p.now(); now-stored(t.Used) > seenEach.Milliseconds() {
		_, err = p.exec(ctx, p.write, "UPDATE token SET used = $2 WHERE id = $1", t.ID, now)
		t.Used = when(now)
	}
	return t, err
}

// Tokens lists those of an account that can be used, the newest first.
func (p *People) Tokens(ctx context.Context, account string) ([]Token, error) {
	return p.tokens(ctx, "t.account = $3 ORDER BY t.created DESC, t.id", account)
}

// RevokeToken ends a token of an account.
func (p *People) RevokeToken(ctx context.Context, account, id string, from Origin) error {
	return p.transact(ctx, func(x *sql.Tx) error {
		var label string
		found, err := p.find(ctx, x, "UPDATE token SET revoked = $3 WHERE account = $1 AND id = $2 AND revoked = 0 RETURNING label", []any{account, id, p.now()}, &label)
		if err == nil && !found {
			err = rule.Refuse("noSuchItem", "what", "token")
		}
		if err != nil {
			return err
		}
		return p.log(ctx, x, account, TokenRevoked, label, from)
	})
}

// Spend counts acts against the budget of a token, durably, before they are
// made: all of them, or, where they are too many, none.
func (p *People) Spend(ctx context.Context, id string, acts int64) error {
	if acts <= 0 {
		return nil
	}
	today := p.today()
	n, err := p.exec(ctx, p.write, "UPDATE token SET spent = CASE WHEN spent_day = $2 THEN spent ELSE 0 END + $3, spent_day = $2"+
		" WHERE id = $1 AND revoked = 0 AND expires > $4 AND read_only = 0 AND budget - CASE WHEN spent_day = $2 THEN spent ELSE 0 END >= $3", id, today, acts, p.now())
	if err != nil || n == 1 {
		return err
	}
	list, err := p.tokens(ctx, "t.id = $3", id)
	switch {
	case err != nil:
		return err
	case len(list) == 0:
		return rule.Refuse("badToken")
	case list[0].ReadOnly:
		return rule.Refuse("readOnlyToken")
	}
	return rule.Refuse("budgetSpent", "budget", strconv.FormatInt(list[0].Budget, 10), "spent", strconv.FormatInt(list[0].Spent, 10), "acts", strconv.FormatInt(acts, 10))
}
