package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"commonweal/web/webtest"
)

// served starts a server that runs until the story ends, on a free port, and sets
// $URL to its address without the last slash: served FLAGS …. Its output is in
// the file served.out, its log in served.log.
func served(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: served FLAGS …")
	}
	ctx, stop := context.WithCancel(context.Background())
	out, errs := &webtest.Text{}, &webtest.Text{}
	done := make(chan int, 1)
	at := append([]string{"--data", ts.MkAbs("data")}, args...)
	go func() {
		done <- run(ctx, append(at, "serve", "--listen", "localhost:0"), strings.NewReader(""), out, errs)
	}()
	end := func() {
		stop()
		if code := <-done; code != 0 {
			ts.Logf("the server ended with code %d: %s", code, errs)
		}
		_ = os.WriteFile(ts.MkAbs("served.log"), []byte(errs.String()), 0o600)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if m := servedAt.FindStringSubmatch(out.String()); m != nil && strings.Contains(out.String(), "Ctrl-C") {
			ts.Setenv("URL", m[1])
			break
		}
		select {
		case code := <-done:
			done <- code
			ts.Fatalf("the server ended with code %d: %s", code, errs)
		default:
		}
		if time.Now().After(deadline) {
			end()
			ts.Fatalf("the server did not start: %s %s", out, errs)
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs("served.out"), []byte(out.String()), 0o600))
	var once sync.Once
	ts.Defer(func() { once.Do(end) })
}

var servedAt = regexp.MustCompile(`Commonweal is at (\S+)/\n`)

// headers are the -H of ask.
type headers http.Header

// String is for package flag.
func (h headers) String() string { return fmt.Sprint(http.Header(h)) }

// Set adds “Name: value”.
func (h headers) Set(text string) error {
	name, value, ok := strings.Cut(text, ":")
	if !ok {
		return errors.New("write Name: value")
	}
	http.Header(h).Add(strings.TrimSpace(name), strings.TrimSpace(value))
	return nil
}

// named finds the names of rules in an answer, as JSON or as text.
var named = regexp.MustCompile(`"(?:rule|code)": ?"([a-zA-Z]+)"|\[([a-zA-Z]+)\]`)

// ask is a program of the stories: it asks a server and prints the body. The
// status, the headers asked for with -show, and the rules by which something was
// refused are on stderr; the exit code is 1 from status 400 on.
//
// With -until it asks again, for half a minute at most, until the body has what a
// pattern says.
//
//	ask [-X METHOD] [-H 'Name: value'] [-d BODY | -d @FILE] [-cookies FILE] [-show HEADER] [-until PATTERN] URL
func ask() {
	var (
		h       = headers{}
		method  = flag.String("X", "", "method")
		body    = flag.String("d", "", "body")
		cookies = flag.String("cookies", "", "file in which cookies are kept")
		show    = flag.String("show", "", "header to print")
		until   = flag.String("until", "", "pattern that the body has in the end")
	)
	flag.Var(h, "H", "header")
	flag.Parse()
	wanted := regexp.MustCompile("(?m)" + *until)
	var status int
	var answer []byte
	var err error
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		status, answer, err = asked(*method, flag.Arg(0), *body, *cookies, *show, http.Header(h))
		if err != nil || wanted.Match(answer) || time.Now().After(deadline) {
			break
		}
	}
	_, _ = os.Stdout.Write(answer)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil || status >= 400 {
		os.Exit(1)
	}
}

func asked(method, url, body, cookies, show string, h http.Header) (int, []byte, error) {
	if file, ok := strings.CutPrefix(body, "@"); ok {
		raw, err := os.ReadFile(file)
		if err != nil {
			return 0, nil, err
		}
		body = string(raw)
	}
	if method == "" && body != "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header = h
	jar, err := jarOf(r, cookies)
	if err != nil {
		return 0, nil, err
	}
	client := &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	a, err := client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer a.Body.Close()
	raw, err := io.ReadAll(a.Body)
	if err != nil {
		return 0, nil, err
	}
	fmt.Fprintln(os.Stderr, a.Status)
	if show != "" {
		fmt.Fprintf(os.Stderr, "%s: %s\n", show, a.Header.Get(show))
	}
	for _, m := range named.FindAllStringSubmatch(string(raw), -1) {
		fmt.Fprintf(os.Stderr, "[%s%s]\n", m[1], m[2])
	}
	return a.StatusCode, raw, keepJar(jar, r, cookies)
}

// jarOf reads cookies for the address of a request from a file, “name=value; …”.
func jarOf(r *http.Request, file string) (http.CookieJar, error) {
	jar, err := cookiejar.New(nil)
	if err != nil || file == "" {
		return jar, err
	}
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return jar, nil
	}
	if err != nil {
		return nil, err
	}
	text := strings.TrimSpace(string(raw))
	if text == "" {
		return jar, nil
	}
	list, err := http.ParseCookie(text)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		c.Path = "/"
	}
	jar.SetCookies(r.URL, list)
	return jar, nil
}

func keepJar(jar http.CookieJar, r *http.Request, file string) error {
	if file == "" {
		return nil
	}
	var list []string
	for _, c := range jar.Cookies(r.URL) {
		list = append(list, c.Name+"="+c.Value)
	}
	return os.WriteFile(file, []byte(strings.Join(list, "; ")), 0o600)
}
