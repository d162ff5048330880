package webtest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Server is the program serving, in a process of its own.
type Server struct {
	URL        string // without the last slash
	Invitation string // of the owner of a network that has none, as it said it last

	program string
	args    []string
	cmd     *exec.Cmd
	out     *Text
	ended   chan struct{}
	log     io.Writer
}

// Start starts a program as a server on a free port: PROGRAM FLAGS… serve --listen …
// MORE…, and returns when it says that it can be reached. What it logs goes to log.
func Start(program string, flags, more []string, log io.Writer) (*Server, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	port := l.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // of a TCP listener it is one
	if err := l.Close(); err != nil {
		return nil, err
	}
	at := "localhost:" + strconv.Itoa(port)
	s := &Server{URL: "http://" + at, program: program, log: log}
	s.args = append(append(append(s.args, flags...), "serve", "--listen", at), more...)
	return s, s.Again()
}

var (
	reached = regexp.MustCompile(`Ctrl-C`)
	invites = regexp.MustCompile(`/signup\?invitation=(\S+)`)
)

// Again starts a server again that was killed or stopped.
func (s *Server) Again() error {
	s.cmd = exec.CommandContext(context.Background(), s.program, s.args...)
	s.cmd.SysProcAttr = withUs()
	s.out = &Text{}
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ended, cmd := make(chan struct{}), s.cmd
	s.ended = ended
	go func() {
		_ = cmd.Wait() // how it ended is asked of cmd
		close(ended)
	}()
	for deadline := time.Now().Add(5 * time.Minute); !reached.MatchString(s.out.String()); time.Sleep(5 * time.Millisecond) {
		select {
		case <-ended:
			return fmt.Errorf("the server ended with %s: %s", cmd.ProcessState, s.out)
		default:
		}
		if time.Now().After(deadline) {
			s.Kill()
			return fmt.Errorf("the server did not start: %s", s.out)
		}
	}
	if m := invites.FindStringSubmatch(s.out.String()); m != nil {
		s.Invitation = m[1]
	}
	return nil
}

// Kill ends the server at once, as kill -9 does, and returns when it is gone.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill() // it may be gone already
	<-s.ended
}

// Stop ends the server in order.
func (s *Server) Stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.ended:
	case <-time.After(time.Minute):
		s.Kill()
		return errors.New("the server did not stop in a minute")
	}
	if !s.cmd.ProcessState.Success() {
		return fmt.Errorf("the server ended with %s", s.cmd.ProcessState)
	}
	return nil
}

// Metrics reads the figures of the server by their names, with the labels that they have.
func (s *Server) Metrics(ctx context.Context) (map[string]float64, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = a.Body.Close() }()
	list := map[string]float64{}
	for lines := bufio.NewScanner(a.Body); lines.Scan(); {
		at := strings.LastIndexByte(lines.Text(), ' ')
		if at < 0 || strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		if list[lines.Text()[:at]], err = strconv.ParseFloat(lines.Text()[at+1:], 64); err != nil {
			return nil, fmt.Errorf("%s: %w", lines.Text(), err)
		}
	}
	return list, nil
}

// Text is what is written while it is read.
type Text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends.
func (t *Text) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(b)
}

// String returns what was written so far.
func (t *Text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}
