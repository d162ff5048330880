package graphql

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"commonweal/node"
	"commonweal/rule"
	"commonweal/vf"
)

// sitter is a seat of which only who it is, and whether it sees all, is asked.
type sitter struct {
	actor node.Actor
	all   bool
	blind bool // may not ask for the plan
}

func (s sitter) Actor() node.Actor   { return s.actor }
func (s sitter) Sees(vf.Record) bool { return s.all }

// May refuses where the plan is not theirs to ask for.
func (s sitter) May(verb string, _ ...vf.Record) error {
	if s.blind && verb == "plan" {
		return rule.Refuse("notAllowed")
	}
	return nil
}

func (s sitter) SeesAll() bool { return s.all }
func (s sitter) Prepare(_ context.Context, a node.Act) (node.Act, []byte, error) {
	return a, nil, nil
}
func (s sitter) Do(context.Context, ...node.Act) ([]node.Result, error) { return nil, nil }

// Only those who see the same are told what was made for one of them.
func TestWhoIsToldTheSame(t *testing.T) {
	t.Parallel()
	ann, mandate := node.Actor{Agent: "agent/ann"}, &node.Mandate{}
	for _, c := range []struct {
		name   string
		seat   sitter
		sight  string
		shared bool
	}{
		{"a member who sees all", sitter{ann, true, false}, "all and the plan", true},
		{"a token that sees all", sitter{node.Actor{Agent: "agent/bob", Mandate: mandate}, true, true}, "all", true},
		{"somebody who sees some", sitter{ann, false, false}, "agent agent/ann", true},
		{"a token that sees some", sitter{node.Actor{Agent: "agent/ann", Mandate: mandate}, false, false}, "", false},
		{"nobody known", sitter{node.Actor{}, false, false}, "agent ", true},
	} {
		if sight, shared := sightOf(c.seat); sight != c.sight || shared != c.shared {
			t.Errorf("%s: %q, %v", c.name, sight, shared)
		}
	}
}

// What many are told in one beat is made once, and anew in the next.
func TestToldIsMadeOnce(t *testing.T) {
	t.Parallel()
	var list telling
	var made atomic.Int64
	tell := func(from int64) news {
		return list.of(same{"all", "query", from, 9, 0}, func() news { return news{upTo: from + 10*made.Add(1)} })
	}
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() { tell(3) })
	}
	wait.Wait()
	if n := tell(3); n.upTo != 13 || made.Load() != 1 {
		t.Errorf("made %d times: %d", made.Load(), n.upTo)
	}
	if n := tell(4); n.upTo != 24 {
		t.Errorf("from another entry on the same is told: %d", n.upTo)
	}
	list.turn()
	if n := tell(3); n.upTo != 33 {
		t.Errorf("what was made in the last beat is told again: %d", n.upTo)
	}
}
