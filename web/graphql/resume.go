package graphql

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mostKept is how many messages, and how many bytes of them, a shared stream keeps for
// a reader whose connection was cut.
const (
	mostKept      = 256
	mostKeptBytes = 1 << 20
)

// keep numbers a message of a shared stream and keeps it. Its id says its number behind
// the entry: for what it lacks, a reader goes on behind the number; as after it is the
// entry.
func (s *stream) keep(m message) message {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number++
	m.number = s.number
	if m.id != "" {
		m.id += "." + strconv.FormatInt(m.number, 10)
	}
	s.kept = append(s.kept, m)
	s.keptBytes += len(m.data)
	for len(s.kept) > mostKept || s.keptBytes > mostKeptBytes && len(s.kept) > 0 {
		s.keptBytes -= len(s.kept[0].data)
		s.kept = s.kept[1:]
	}
	return m
}

// behind are the messages behind a number; false if they are not all kept.
func (s *stream) behind(number int64) ([]message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.number - number
	if n < 0 || n > int64(len(s.kept)) {
		return nil, false
	}
	return slices.Clone(s.kept[int64(len(s.kept))-n:]), true
}

// write writes what several operations have to say, from behind a message on, until the
// reader is gone.
func (s *stream) write(reading context.Context, w http.ResponseWriter, had int64) {
	send := s.begin(w)
	if send == nil {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for going := true; going; {
		list, ok := s.behind(had)
		for _, m := range list {
			if !send(m) {
				return
			}
			had = m.number
		}
		if going = ok; !ok {
			return
		}
		select {
		case m := <-s.out:
			if m = s.keep(m); reading.Err() != nil {
				s.wake() // it is for the next reader
				return
			}
			if m.number == had+1 { // it may be too large to be kept
				going, had = send(m), m.number
			}
		case <-s.woken:
		case <-beat.C:
			going = send(message{})
		case <-reading.Done():
			return
		}
	}
}

// wake has the reader look at what is kept.
func (s *stream) wake() {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// take makes a connection the reader of a shared stream; false if another one is. Who
// says what it had last takes the place of the one that was cut, which the server may
// not know of yet.
func (s *stream) take(ctx context.Context, again bool) (reading context.Context, over func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cut != nil {
		if !again {
			return nil, nil, false
		}
		s.cut()
	}
	s.turns++
	turn := s.turns
	reading, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.ctx, cancel)
	s.cut = cancel
	return reading, func() {
		cancel()
		stop()
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.turns == turn {
			s.cut = nil
			s.wait()
		}
	}, true
}

// wait gives a shared stream up that nobody reads for a while. The caller holds s.mu.
func (s *stream) wait() {
	turn := s.turns
	time.AfterFunc(patience, func() {
		s.mu.Lock()
		idle := s.turns == turn && s.cut == nil
		s.mu.Unlock()
		if idle {
			s.of.leave(s)
		}
	})
}

// read connects a reader to a shared stream. There is one at a time. When it is cut, the
// stream waits for it a while: with the id of what it got last it gets all that it lacks.
func (s *streams) read(w http.ResponseWriter, r *http.Request, token string) {
	x, _ := s.find(w, r, token)
	if x == nil {
		return
	}
	last := after(r)
	reading, over, ok := x.take(r.Context(), last != "")
	if !ok {
		s.h.refuse(w, r, mediaResponse, http.StatusConflict, badRequest("the stream is read by another connection"))
		return
	}
	defer over()
	had, ok := x.hadAll(last)
	if !ok {
		s.h.refuse(w, r, mediaResponse, http.StatusNotFound, badRequest("what came after "+last+" is not kept; make a new stream by PUT, and begin each operation with the entry up to which you have everything as after"))
		return
	}
	x.write(reading, w, had)
}

// hadAll is the number of the last message that a reader had, by its id; false if what
// came then is not kept. One that names none is a new one, and misses nothing.
func (s *stream) hadAll(last string) (int64, bool) {
	if last == "" {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.number, true
	}
	_, text, _ := strings.Cut(last, ".")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, false
	}
	_, ok := s.behind(n)
	return n, ok
}
