package plan

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"commonweal/vf"
)

// A story of sharing is a small network in words, a line "---", and the awards.
//
//	have X 10                          what is left of X
//	plenty W                           of W there is any amount
//	make A from X 1, Y 1/2 [beside B 1/3]
//	trip T takes F 1                   the shared part of a recipe with pairs
//	carry A from X 1 on T              one pair of it
//	claim a of A 10 [people 3] [had 2] [least 5]
type story struct {
	have    map[string]int64
	plenty  map[string]bool
	recipes []storyRecipe
	trips   map[string][]storyPart
	claims  []storyClaim
}

type storyRecipe struct {
	makes        string
	takes, gives []storyPart
	trip         string
}

type storyPart struct {
	what string
	much *big.Rat
}

type storyClaim struct {
	name, of           string
	wanted, had, least int64
	people             int64
}

func storyParts(text string) (list []storyPart) {
	for _, item := range strings.Split(text, ",") {
		if w := strings.Fields(item); len(w) == 2 {
			r, ok := new(big.Rat).SetString(w[1])
			if !ok {
				panic("not a number: " + w[1])
			}
			list = append(list, storyPart{w[0], r})
		}
	}
	return list
}

func storyNumber(text string) int64 {
	q, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		panic(err)
	}
	return q
}

func readStory(text string) *story {
	s := &story{have: map[string]int64{}, plenty: map[string]bool{}, trips: map[string][]storyPart{}}
	for _, line := range strings.Split(text, "\n") {
		w := strings.Fields(line)
		if len(w) == 0 || w[0] == "#" {
			continue
		}
		rest := strings.Join(w[1:], " ")
		switch w[0] {
		case "have":
			s.have[w[1]] += storyNumber(w[2])
		case "plenty":
			s.plenty[w[1]] = true
		case "trip":
			s.trips[w[1]] = storyParts(strings.Join(w[3:], " "))
		case "make", "carry":
			rest, gives, _ := strings.Cut(rest, " beside ")
			rest, trip, _ := strings.Cut(rest, " on ")
			makes, takes, _ := strings.Cut(rest, " from ")
			s.recipes = append(s.recipes, storyRecipe{makes, storyParts(takes), storyParts(gives), trip})
		case "claim":
			c := storyClaim{name: w[1], of: w[3], wanted: storyNumber(w[4])}
			for i := 5; i+1 < len(w); i += 2 {
				*map[string]*int64{"people": &c.people, "had": &c.had, "least": &c.least}[w[i]] = storyNumber(w[i+1])
			}
			s.claims = append(s.claims, c)
		default:
			panic("unknown word " + w[0])
		}
	}
	return s
}

// network builds the tables that the planner would have read.
func (s *story) network() *network {
	n := &network{plain: map[vf.ID]int32{}, byKey: map[bufferKey]int32{}}
	uses := func(parts []storyPart) (list []use) {
		for _, p := range parts {
			r, _ := newRatio(p.much)
			list = append(list, use{buffer: n.buffer(bufferKey{spec: vf.ID(p.what)}), amount: r})
		}
		return list
	}
	trips := map[string]int32{}
	for _, r := range s.recipes {
		if _, ok := trips[r.trip]; !ok && r.trip != "" {
			trips[r.trip] = int32(len(n.makers))
			n.makers = append(n.makers, maker{buffer: -1, shared: -1, fixed: 1, uses: uses(s.trips[r.trip])})
		}
	}
	for _, r := range s.recipes {
		m := maker{buffer: n.buffer(bufferKey{spec: vf.ID(r.makes)}), shared: -1, fixed: 1, carried: one, uses: uses(r.takes), byproducts: uses(r.gives)}
		if r.trip != "" {
			m.shared = trips[r.trip]
		}
		n.makers = append(n.makers, m)
	}
	for _, c := range s.claims {
		n.buffer(bufferKey{spec: vf.ID(c.of)})
	}
	n.makersOf = make([][]int32, len(n.buffers))
	for i := range n.makers {
		if b := n.makers[i].buffer; b >= 0 {
			n.makersOf[b] = append(n.makersOf[b], int32(i))
		}
	}
	return n
}

// awards shares; order is the order in which the claims are handed in.
func (s *story) awards(order []int) []int64 {
	n := s.network()
	claims := make([]claimant, len(order))
	for k, i := range order {
		c := s.claims[i]
		claims[k] = claimant{need: int32(i), buffer: n.plain[vf.ID(c.of)], wanted: c.wanted, had: c.had, least: c.least, weight: c.people}
	}
	got := n.awards(n.arrange(), claims, func(b int32) (int64, bool) {
		name := string(n.buffers[b].spec)
		return s.have[name], s.plenty[name]
	})
	sorted := make([]int64, len(order))
	for k, i := range order {
		sorted[i] = got[k]
	}
	return sorted
}

func (s *story) share() []int64 {
	order := make([]int, len(s.claims))
	for i := range order {
		order[i] = i
	}
	return s.awards(order)
}

// can says whether quantities of the claims can be had. It is the slow answer: it
// goes through the recipes by name, in exact rationals, each time anew. It knows
// the preferred recipes alone, and neither what comes beside nor trips.
func (s *story) can(got []int64) bool {
	want := map[string]*big.Rat{}
	add := func(what string, q *big.Rat) {
		if want[what] == nil {
			want[what] = new(big.Rat)
		}
		want[what].Add(want[what], q)
	}
	for i, c := range s.claims {
		add(c.of, big.NewRat(got[i], 1))
	}
	recipe := map[string]*storyRecipe{}
	for i := range s.recipes {
		if r := &s.recipes[i]; recipe[r.makes] == nil {
			recipe[r.makes] = r
		}
	}
	done := map[string]bool{}
	for len(done) < len(want) {
		what := ""
		for name := range want {
			if !done[name] && (what == "" || s.above(recipe, name, what)) {
				what = name
			}
		}
		done[what] = true
		if s.plenty[what] {
			continue
		}
		lack := new(big.Rat).Sub(want[what], big.NewRat(s.have[what], 1))
		if lack.Sign() <= 0 {
			continue
		}
		if recipe[what] == nil {
			return false
		}
		for _, u := range recipe[what].takes {
			add(u.what, roundUp(new(big.Rat).Mul(lack, u.much)))
		}
	}
	return true
}

func (s *story) above(recipe map[string]*storyRecipe, a, b string) bool {
	if recipe[a] == nil {
		return false
	}
	return slices.ContainsFunc(recipe[a].takes, func(u storyPart) bool { return u.what == b || s.above(recipe, u.what, b) })
}

func roundUp(r *big.Rat) *big.Rat {
	q, rem := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	if rem.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	return new(big.Rat).SetInt(q)
}

// unfair names a claim that could have a step more, or "". Others may be cut down
// for it whose award per weight is higher than its own would then be, to no less
// than that, rounded up.
func (s *story) unfair(got []int64) string {
	for i, c := range s.claims {
		total := c.had + got[i] + 1
		if total > c.wanted {
			continue
		}
		try := slices.Clone(got)
		try[i]++
		for j, d := range s.claims {
			if bound := (max(1, d.people)*total + max(1, c.people) - 1) / max(1, c.people); j != i && d.had+try[j] > bound {
				try[j] = max(0, bound-d.had)
			}
		}
		if s.can(try) {
			return fmt.Sprintf("%s could have %d, with others at %v", c.name, try[i], try)
		}
	}
	return ""
}
