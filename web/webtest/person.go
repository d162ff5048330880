package webtest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Person is somebody who signed in; without a cookie it is somebody unknown.
type Person struct {
	Cookie string       // "name=value"
	Client *http.Client // how they connect
}

// From is a client that connects from an address of this machine, such as
// 127.0.0.2, which a server takes for another one than 127.0.0.1; "" is any.
func From(address string) *http.Client {
	d := &net.Dialer{Timeout: 10 * time.Second}
	if address != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(address)}
	}
	return &http.Client{Transport: &http.Transport{DialContext: d.DialContext, MaxIdleConnsPerHost: 1000},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// SignUp takes an invitation, with a password.
func SignUp(ctx context.Context, server, invitation, name string) (*Person, error) {
	p := &Person{Client: From("")}
	form := url.Values{"invitation": {invitation}, "name": {name}, "password": {"gravel otter lantern " + name}}
	a, err := p.send(ctx, http.MethodPost, server+"/signup", "application/x-www-form-urlencoded", "", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	defer func() { _ = a.Body.Close() }()
	for _, c := range a.Cookies() {
		if strings.HasSuffix(c.Name, "commonweal-session") {
			p.Cookie = c.Name + "=" + c.Value
		}
	}
	if p.Cookie == "" {
		raw, _ := io.ReadAll(a.Body)
		return nil, fmt.Errorf("%s was not let in: %s %s", name, a.Status, raw)
	}
	return p, nil
}

// Invite makes an invitation into a network.
func (p *Person) Invite(ctx context.Context, server, network, role string) (invitation string, err error) {
	form := url.Values{"network": {network}, "role": {role}}
	a, err := p.send(ctx, http.MethodPost, server+"/account/invitations", "application/x-www-form-urlencoded", "", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	defer func() { _ = a.Body.Close() }()
	raw, err := io.ReadAll(a.Body)
	if err != nil {
		return "", err
	}
	m := invites.FindSubmatch(raw)
	if m == nil {
		return "", fmt.Errorf("no invitation was made: %s %s", a.Status, raw)
	}
	link, _, _ := strings.Cut(string(m[1]), `"`)
	link, _, _ = strings.Cut(link, "<")
	return url.QueryUnescape(link)
}

func (p *Person) send(ctx context.Context, method, address, kind, accept string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	if p.Cookie != "" {
		r.Header.Set("Cookie", p.Cookie)
	}
	return p.Client.Do(r)
}

// Refused is what a server answered instead of data.
type Refused struct {
	Status int
	Code   string // the name of the rule, "" where it said none
	Text   string
}

// Error says it.
func (r *Refused) Error() string { return fmt.Sprintf("%d [%s] %s", r.Status, r.Code, r.Text) }

// Ask asks the GraphQL door of the first network of a server; into gets the data,
// if it is not nil. The error is a *Refused where the server answered with one.
func (p *Person) Ask(ctx context.Context, server, query string, variables map[string]any, into any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	return p.AskRaw(ctx, server, bytes.NewReader(body), into)
}

// AskRaw is Ask with a body that is sent as it is.
func (p *Person) AskRaw(ctx context.Context, server string, body io.Reader, into any) error {
	a, err := p.send(ctx, http.MethodPost, server+"/graphql", "application/json", "application/graphql-response+json", body)
	if err != nil {
		return err
	}
	defer func() { _ = a.Body.Close() }()
	raw, err := io.ReadAll(a.Body)
	if err != nil {
		return err
	}
	var said struct {
		Data   json.RawMessage `json:"data"`
		Errors []fault         `json:"errors"`
	}
	if err := json.Unmarshal(raw, &said); err != nil {
		return &Refused{Status: a.StatusCode, Text: string(raw)}
	}
	if len(said.Errors) > 0 {
		return &Refused{a.StatusCode, said.Errors[0].Extensions.Code, said.Errors[0].Message}
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(said.Data, into)
}

// Code is the rule by which an error refuses something, "" if it does not.
func Code(err error) string {
	if r, ok := errors.AsType[*Refused](err); ok {
		return r.Code
	}
	return ""
}
