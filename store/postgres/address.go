package postgres

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"commonweal/rule"
)

// MainNetwork is the name of the network in a database whose address names none.
const MainNetwork = "main"

// prefix begins the name of each schema that holds a network.
const prefix = "commonweal_"

var networkName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,47}$`)

// IsAddress says whether a text is meant as the address of a database.
func IsAddress(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
}

// InDatabase returns the address of a network in the database of an address.
func InDatabase(text, network string) (string, error) {
	whole, query, _ := strings.Cut(text, "?")
	params, err := url.ParseQuery(query)
	if err != nil {
		return "", rule.Refuse("badDatabase", "reason", "what follows the question mark cannot be read")
	}
	params.Set("network", network)
	text = whole + "?" + params.Encode()
	_, err = parse(text)
	return text, err
}

// Named returns the network that an address names, "" where it names none or cannot
// be read.
func Named(text string) string {
	_, query, _ := strings.Cut(text, "?")
	params, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	return params.Get("network")
}

// address is a database and the network in it.
type address struct {
	config  *pgxpool.Config
	network string
	part    bool // it is being filled, and has not got its name yet
}

func (a *address) schema() string {
	if a.part {
		return partPrefix + a.network
	}
	return prefix + a.network
}

func (a *address) searchPath() string { return pgx.Identifier{a.schema()}.Sanitize() }

// Place names the database and the network of an address, without user and
// password, so that it can be shown to anybody.
func Place(text string) (string, error) {
	a, err := parse(text)
	if err != nil {
		return "", err
	}
	return a.place(), nil
}

// place names the database and the network without user and password.
func (a *address) place() string {
	c := a.config.ConnConfig
	hosts := []string{host(c.Host, c.Port)}
	for _, f := range c.Fallbacks {
		if h := host(f.Host, f.Port); h != hosts[len(hosts)-1] { // the same host with and without encryption
			hosts = append(hosts, h)
		}
	}
	return fmt.Sprintf("postgres://%s/%s?network=%s", strings.Join(hosts, ","), c.Database, a.network)
}

func host(name string, port uint16) string { return fmt.Sprintf("%s:%d", name, port) }

// parse reads an address. No error says anything of it, since it may hold a
// password, also where it is written wrongly.
func parse(text string) (*address, error) {
	if !IsAddress(text) {
		return nil, rule.Refuse("badDatabase", "reason", "it does not begin with postgres://")
	}
	whole, query, _ := strings.Cut(text, "?")
	params, err := url.ParseQuery(query)
	if err != nil {
		return nil, rule.Refuse("badDatabase", "reason", "what follows the question mark cannot be read")
	}
	a := &address{network: cmp.Or(params.Get("network"), MainNetwork)}
	if !networkName.MatchString(a.network) {
		return nil, rule.Refuse("badDatabase", "reason", fmt.Sprintf("the network %q is not named by small letters, digits, hyphens and underscores, 48 at most", a.network))
	}
	params.Del("network")
	if a.config, err = pgxpool.ParseConfig(whole + "?" + params.Encode()); err != nil {
		return nil, rule.Refuse("badDatabase", "reason", "user, host, port, database or a setting in it cannot be read")
	}
	a.fill(params)
	return a, nil
}

// fill sets what an address leaves open: only a server that takes writes is
// used, one that does not answer is given up soon, and a machine that vanished
// does not hold a lock for hours. All that is read is read along an index, also
// where the database does not know yet how much there is and would sort it all
// for each page.
func (a *address) fill(said url.Values) {
	c := &a.config.ConnConfig.Config
	if !said.Has("connect_timeout") {
		c.ConnectTimeout = 5 * time.Second
	}
	if !said.Has("target_session_attrs") {
		c.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	for name, value := range map[string]string{
		"search_path": a.searchPath(), "application_name": "commonweal", "statement_timeout": "0", "lock_timeout": "0", "idle_session_timeout": "0",
		"idle_in_transaction_session_timeout": "10000", "tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3",
		"tcp_user_timeout": "15000", "enable_seqscan": "off", "enable_bitmapscan": "off", "enable_sort": "off", "jit": "off",
	} {
		c.RuntimeParams[name] = value
	}
}
