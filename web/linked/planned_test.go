package linked

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"commonweal/journal"
	"commonweal/vf"
)

// saidOf is what the page of a record says of the plan, without marks.
func (s *site) saidOf(path string, change ...string) string {
	s.t.Helper()
	if _, _, err := s.n.PlanOf(context.Background(), s.n.Journal().Size()-1); err != nil {
		s.t.Fatal(err)
	}
	page := s.get(path, append([]string{"Accept: text/html"}, change...)...).Body.String()
	section := regexp.MustCompile(`(?s)<section class="plan".*?</section>`).FindString(page)
	return strings.Join(strings.Fields(regexp.MustCompile(`</?(bdi|section|h[23]|ul|li|p|span|br)[^>]*>`).ReplaceAllString(section, " ")), " ")
}

// TestPagesSayWhatThePlanGives: the page of a need says how it is met, why it is late or
// short, and what it rests on; that of a promise and a process, for which needs they are.
func TestPagesSayWhatThePlanGives(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	s.do(journal.Declare, &vf.Intent{ID: "need/soon", Name: "Soon", Action: vf.Transfer, Receiver: "agent/ada", ResourceConformsTo: "spec/yarn",
		ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(1), HasUnit: "unit/kg"}, Due: vf.At(today().Unix() + 3600)},
		&vf.Intent{ID: "need/undated", Name: "Some day", Action: vf.Transfer, Receiver: "agent/ada", ResourceConformsTo: "spec/yarn",
			ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(1), HasUnit: "unit/kg"}})
	for path, wants := range map[string][]string{
		"/home/need/1":              {"How it is met On time: 8 kg on 2026-12-", "it is due 2026-12-20 06:00 UTC.", "What it rests on", "from Spin by Ada", `promised for 2026-12-01 14:00 UTC <a href="/home/promise/1">`, `7.5 kg of Wool on hand <a href="/home/stock/wool"> Fleece </a>`},
		"/home/need/soon":           {"Late by 4 hours: 1 kg on 2026-11-26 16:00 UTC", "Because", "Spin for 1 kg of Yarn (Spinning) would have to begin on"},
		"/home/need/undated":        {"It cannot be planned"},
		"/home/need/é%23%3F&%2541x": {"Short: gets", "of 900 kg", "125 kg of Wool missing on"},
		"/home/work/1":              {"What the plan says Needed for 2 kg for <a", "Yarn for hats </a> due 2026-12-20 06:00 UTC"},
		"/home/promise/1":           {"Needed for 2 kg for <a"},
		"/home/spec/wool":           {"Short of Wool"},
	} {
		said := s.saidOf(path)
		for _, want := range wants {
			if !strings.Contains(said, want) {
				t.Errorf("%s lacks %q: %s", path, want, said)
			}
		}
	}
	for _, path := range []string{"/home/need/1", "/home/agent/ada", "/home/stock/wool"} {
		if said := s.saidOf(path, guest); said != "" {
			t.Errorf("a guest reads at %s: %s", path, said)
		}
	}
}

// Who may plan with their own things reads of the plan what is theirs to see: neither
// texts, which name what is hidden, nor what is behind them.
func TestPagesSayOfThePlanWhatMayBeSeen(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	s.do(journal.Declare, &vf.Commitment{ID: "promise/3", Action: vf.Transfer, Provider: "agent/ada", Receiver: "agent/eve", ResourceConformsTo: "spec/yarn", Satisfies: []vf.ID{"need/é#?&%41x"},
		ResourceQuantity: vf.Measure{HasNumericalValue: vf.Whole(3), HasUnit: "unit/kg"}, Due: vf.At(1797000000)})
	s.do(journal.Declare, &vf.Membership{ID: "in/eve", Member: "agent/eve", Role: "asker"},
		&vf.Charter{ID: "charter/1", Version: 1, Clauses: []string{"all: owner may see, plan, decide all", "own: asker may see, plan own", "words: asker may see Unit"}})
	said := s.saidOf("/home/need/é%23%3F&%2541x", "As: agent/eve")
	for _, want := range []string{"Short: gets", "3 kg, 2026-12-11 14:40 UTC: <a href=\"/home/promise/3\">"} {
		if !strings.Contains(said, want) {
			t.Errorf("Eve does not read %q: %s", want, said)
		}
	}
	for _, hidden := range []string{"Wool", "Fleece", "Ada", "Spin", "Because"} {
		if strings.Contains(said, hidden) {
			t.Errorf("Eve reads %s: %s", hidden, said)
		}
	}
	if said := s.saidOf("/home/promise/3", "As: agent/eve"); !strings.Contains(said, "Needed for") {
		t.Errorf("Eve is not told what the promise is for: %s", said)
	}
	s.do(journal.Declare, &vf.Charter{ID: "charter/2", Version: 2, Clauses: []string{"all: owner may see, plan, decide all", "own: asker may see own"}})
	if said := s.saidOf("/home/need/é%23%3F&%2541x", "As: agent/eve"); said != "" {
		t.Errorf("Eve may not see the plan, and reads %s", said)
	}
}

// Where there is no plan yet the page of a need says that it is being made.
func TestPagesSayThatThePlanIsBeingMade(t *testing.T) {
	t.Parallel()
	s := at(t, story)
	q := &request{Handler: s.h, n: s.n, r: nil}
	if q.noPlan("promise") != nil {
		t.Error("it is said on other pages too")
	}
	p := recordPage{Plan: q.noPlan("need")}
	if page := string(body("record", p)); !strings.Contains(page, "The plan is being made.") {
		t.Errorf("the page says %s", page)
	}
	p.Plan = &planSays{State: "On time", Making: true}
	if page := string(body("record", p)); !strings.Contains(page, "It was changed since; the plan is being brought up to date.") {
		t.Errorf("the page says %s", page)
	}
}
