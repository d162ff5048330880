package plan

import (
	"cmp"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"commonweal/vf"
)

func TestSharing(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/sharing/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			facts, want, _ := strings.Cut(string(raw), "\n---\n")
			s := readStory(facts)
			var got strings.Builder
			for i, q := range s.share() {
				fmt.Fprintf(&got, "%s %d\n", s.claims[i].name, q)
			}
			if strings.TrimSpace(want) != strings.TrimSpace(got.String()) {
				t.Errorf("the awards are\n%snot\n%s", got.String(), want)
			}
		})
	}
}

// The awards on one scarce thing are those that an independent program computed,
// to the last digit that it wrote.
func TestSharingAgreesWithTheTables(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/sharing/claims.table")
	if err != nil {
		t.Fatal(err)
	}
	micro := func(text string) int64 {
		d, err := vf.ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		q, _, err := d.Steps(vf.NewDecimal(1, 6))
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	var s *story
	tables := 0
	for _, line := range strings.Split(string(raw), "\n") {
		w := strings.Fields(line)
		switch {
		case len(w) == 0 || w[0] == "#":
		case w[0] == "have":
			s = &story{have: map[string]int64{"X": micro(w[1])}}
		case w[0] == "claims":
			for i, c := range w[1:] {
				s.claims = append(s.claims, storyClaim{name: strconv.Itoa(i), of: "X", wanted: micro(c)})
			}
		case w[0] == "awards":
			tables++
			for i, got := range s.share() {
				_, digits, _ := strings.Cut(w[i+1], ".")
				last := micro("0." + strings.Repeat("0", len(digits)-1) + "1")
				if off := got - micro(w[i+1]); off > last || off < -last {
					t.Errorf("have %d: claim %d gets %d and not %s", s.have["X"], i+1, got, w[i+1])
				}
			}
		}
	}
	if tables != 13 {
		t.Errorf("%d tables and not 13", tables)
	}
}

// drawStory makes a network in levels, one recipe for each thing.
func drawStory(t *rapid.T, hads bool) *story {
	s := &story{have: map[string]int64{}, plenty: map[string]bool{}}
	n := func(label string, low, high int) int { return rapid.IntRange(low, high).Draw(t, label) }
	things := n("things", 1, 8)
	name := func(i int) string { return string(rune('A' + i)) }
	for i := range things {
		if n("have", 1, 3) > 1 || i == things-1 {
			s.have[name(i)] = int64(n("much", 0, 60))
		}
		s.plenty[name(i)] = n("plenty", 1, 12) == 1
		if i+1 < things && n("made", 1, 4) > 1 {
			r := storyRecipe{makes: name(i)}
			for j := i + 1; j < things; j++ {
				if n("takes", 1, 3) == 1 {
					r.takes = append(r.takes, storyPart{name(j), big.NewRat(int64(n("num", 1, 7)), int64(n("den", 1, 5)))})
				}
			}
			s.recipes = append(s.recipes, r)
		}
	}
	for i := range n("claims", 1, 7) {
		c := storyClaim{name: "c" + strconv.Itoa(i), of: name(n("of", 0, things-1)), wanted: int64(n("wanted", 0, 40)), people: int64(n("people", 0, 4))}
		if hads {
			c.had = min(c.wanted, int64(max(0, n("had", -10, 9))))
		}
		s.claims = append(s.claims, c)
	}
	return s
}

// What is awarded can be had, and is shared fairly; whoever wants more cannot have
// it but at the cost of somebody who has no more for each person.
func TestSharingIsFeasibleAndFair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawStory(t, true)
		got := s.share()
		for i, c := range s.claims {
			if got[i] < 0 || got[i] > c.wanted-c.had {
				t.Fatalf("%s of %+v gets %d", c.name, c, got[i])
			}
		}
		if !s.can(got) {
			t.Fatalf("%+v gets %v, which cannot be had", s, got)
		}
		if text := s.unfair(got); text != "" {
			t.Fatalf("%+v gets %v: %s", s, got, text)
		}
	})
}

// The order in which claims are handed in does not matter.
func TestSharingKnowsNoOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawStory(t, true)
		for i := range s.claims {
			s.claims[i].least = int64(max(0, rapid.IntRange(-10, 20).Draw(t, "least")))
		}
		order := make([]int, len(s.claims))
		for i := range order {
			order[i] = i
		}
		if a, b := s.share(), s.awards(rapid.Permutation(order).Draw(t, "order")); !slices.Equal(a, b) {
			t.Fatalf("%+v gets %v or %v", s, a, b)
		}
	})
}

// Whoever splits a claim, with the people behind it, gains no more than the steps
// that come from rounding: less than one for each part.
func TestSplittingAClaimGainsNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := &story{have: map[string]int64{"X": int64(rapid.IntRange(0, 200).Draw(t, "have"))}}
		claims := rapid.IntRange(1, 6).Draw(t, "claims")
		for i := range claims {
			s.claims = append(s.claims, storyClaim{name: strconv.Itoa(i), of: "X", wanted: int64(rapid.IntRange(0, 60).Draw(t, "wanted")), people: int64(rapid.IntRange(1, 5).Draw(t, "people"))})
		}
		k := rapid.IntRange(0, claims-1).Draw(t, "split")
		whole := s.share()[k]
		c, parts := s.claims[k], s.claims[k].people
		s.claims = slices.Delete(s.claims, k, k+1)
		for i := range parts {
			s.claims = append(s.claims, storyClaim{name: "part", of: "X", wanted: (c.wanted + i) / parts, people: 1})
		}
		sum := int64(0)
		for _, q := range s.share()[claims-1:] {
			sum += q
		}
		if sum > whole+parts {
			t.Fatalf("whole it gets %d, in %d parts %d", whole, parts, sum)
		}
	})
}

// Of one scarce thing, more of it lets nobody fall by more than a step, and all of
// it is shared.
func TestMoreOfItIsWorseForNobody(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := &story{have: map[string]int64{"X": int64(rapid.IntRange(0, 200).Draw(t, "have"))}}
		wanted := int64(0)
		for i := range rapid.IntRange(1, 6).Draw(t, "claims") {
			s.claims = append(s.claims, storyClaim{name: strconv.Itoa(i), of: "X", wanted: int64(rapid.IntRange(0, 60).Draw(t, "wanted")), people: int64(rapid.IntRange(0, 5).Draw(t, "people"))})
			wanted += s.claims[i].wanted
		}
		before := s.share()
		s.have["X"] += int64(rapid.IntRange(0, 30).Draw(t, "more"))
		sum := int64(0)
		for i, q := range s.share() {
			if sum += q; q < before[i]-1 {
				t.Fatalf("claim %d of %+v had %v and gets %d", i, s, before, q)
			}
		}
		if sum != min(wanted, s.have["X"]) {
			t.Fatalf("%d of %d are shared among %+v", sum, s.have["X"], s.claims)
		}
	})
}

// An award that is too small to help is given to others.
func TestAwardsHelpOrAreShared(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawStory(t, false)
		for i := range s.claims {
			s.claims[i].least = int64(rapid.IntRange(0, 30).Draw(t, "least"))
		}
		got := s.share()
		if !s.can(got) {
			t.Fatalf("%+v gets %v, which cannot be had", s, got)
		}
		for i, c := range s.claims {
			if got[i] > 0 && got[i] < min(c.least, c.wanted) {
				t.Fatalf("%s of %+v gets %d, which is of no use", c.name, c, got[i])
			}
			more := slices.Clone(got)
			if more[i] = min(c.least, c.wanted); got[i] == 0 && more[i] > 0 && s.can(more) {
				t.Fatalf("%s of %+v gets nothing of %v, though %d are left", c.name, c, got, more[i])
			}
		}
	})
}

// Twenty thousand claims on a few scarce things are shared without a search for each.
func TestSharingAmongMany(t *testing.T) {
	t.Parallel()
	s := readStory("have X 5000000\nhave Y 3000000\nhave Z 1000000\nplenty W\nmake A from X 2, W 1\nmake B from X 1, Y 1/3\nmake C from Y 1, Z 1/7\nmake D from Z 3, W 2")
	for i := range 20000 {
		s.claims = append(s.claims, storyClaim{name: strconv.Itoa(i), of: string(rune('A' + i%4)), wanted: int64(i * 7919 % 4001), people: int64(i % 13)})
	}
	got := s.share()
	if !s.can(got) {
		t.Fatal("what is awarded cannot be had")
	}
	level := func(i int) *big.Rat { return big.NewRat(got[i], max(1, s.claims[i].people)) }
	for thing := range 4 {
		var short []int
		for i := thing; i < len(got); i += 4 {
			if got[i] < s.claims[i].wanted {
				short = append(short, i)
			}
		}
		if len(short) == 0 {
			t.Fatalf("nobody lacks of thing %d", thing)
		}
		low := slices.MinFunc(short, func(a, b int) int { return cmp.Or(level(a).Cmp(level(b)), cmp.Compare(a, b)) })
		for i := thing; i < len(got); i += 4 {
			if got[i] > 0 && big.NewRat(got[i]-1, max(1, s.claims[i].people)).Cmp(big.NewRat(got[low]+1, max(1, s.claims[low].people))) >= 0 {
				t.Fatalf("claim %d gets %d, and claim %d only %d", i, got[i], low, got[low])
			}
		}
	}
}

// With several recipes for a thing, each from another, what is awarded can be had:
// any of the claims together want no more than there is of all that they can be
// made from (Hall's condition). Who is alone gets all that there is.
func TestSharingByOtherRecipesIsFeasible(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := &story{have: map[string]int64{}, plenty: map[string]bool{}}
		n := func(label string, low, high int) int { return rapid.IntRange(low, high).Draw(t, label) }
		leaves, claims := n("leaves", 1, 4), n("claims", 1, 5)
		for i := range leaves {
			s.have[string(rune('X'+i))] = int64(n("have", 0, 20))
		}
		from := make([]map[string]bool, claims)
		for i := range claims {
			name := string(rune('A' + i))
			from[i] = map[string]bool{}
			for range n("recipes", 1, 3) {
				leaf := string(rune('X' + n("leaf", 0, leaves-1)))
				from[i][leaf] = true
				s.recipes = append(s.recipes, storyRecipe{makes: name, takes: []storyPart{{leaf, big.NewRat(1, 1)}}})
			}
			s.claims = append(s.claims, storyClaim{name: name, of: name, wanted: int64(n("wanted", 0, 20)), people: int64(n("people", 1, 3))})
		}
		got := s.share()
		for set := 1; set < 1<<claims; set++ {
			sum, there, seen := int64(0), int64(0), map[string]bool{}
			for i := range claims {
				if set>>i&1 == 0 {
					continue
				}
				sum += got[i]
				for leaf := range from[i] {
					if !seen[leaf] {
						seen[leaf] = true
						there += s.have[leaf]
					}
				}
			}
			if sum > there {
				t.Fatalf("%+v gets %v: %b together have %d of %d", s, got, set, sum, there)
			}
			if set&(set-1) == 0 && claims == 1 && sum != min(there, s.claims[0].wanted) {
				t.Fatalf("%+v gets %v alone, and there are %d", s, got, there)
			}
		}
	})
}
