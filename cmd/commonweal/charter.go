package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"commonweal/coordination"
	"commonweal/host"
	"commonweal/journal"
	"commonweal/vf"
)

// charterCommand prints who may do what.
type charterCommand struct {
	Scope   vf.ID `arg:"" optional:"" help:"A circle, group or project; the whole network if left out."`
	Clauses bool  `help:"Print the clauses alone, a line each, as declare charter --file takes them."`
}

// charterTold is what charter tells programs: the charters that hold for a scope,
// its own first, the network's last.
type charterTold struct {
	Scope   vf.ID    `json:"scope,omitempty"`
	ID      vf.ID    `json:"id,omitempty"` // none of the default charter
	Version int      `json:"version"`      // 0 of the default charter
	Name    string   `json:"name,omitempty"`
	From    string   `json:"validFrom,omitempty"`
	Clauses []string `json:"clauses"`
	Earlier []int    `json:"earlier,omitempty"` // versions that held before
	Later   []int    `json:"later,omitempty"`   // versions that do not hold yet
}

// Run prints the charters in force for a scope and all above it.
func (c *charterCommand) Run(p *program) error {
	b, err := p.look()
	if err != nil {
		return err
	}
	defer b.close()
	var list []charterTold
	err = b.Charter(func(v coordination.View) error {
		for _, scope := range v.Scopes(c.Scope) {
			if r := v.InForce(scope); r != nil {
				list = append(list, tellCharter(v, scope, r))
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if p.JSON {
		return p.printJSON(list)
	}
	for i, t := range list {
		if c.Clauses {
			if i == 0 {
				p.say("%s", strings.Join(t.Clauses, "\n"))
			}
			continue
		}
		if i > 0 {
			p.say("")
		}
		p.say("%s", t.head())
		for _, clause := range t.Clauses {
			p.say("  %s", wrap(clause, 4))
		}
	}
	return nil
}

func tellCharter(v coordination.View, scope vf.ID, r *vf.Charter) charterTold {
	t := charterTold{Scope: scope, ID: r.ID, Version: r.Version, Name: r.Name, From: r.ValidFrom.String(), Clauses: r.Clauses}
	for _, other := range v.Charters(scope) {
		switch {
		case other.Version < r.Version:
			t.Earlier = append(t.Earlier, other.Version)
		case other.Version > r.Version:
			t.Later = append(t.Later, other.Version)
		}
	}
	return t
}

// head says which charter it is.
func (t *charterTold) head() string {
	of := "the network"
	if t.Scope != "" {
		of = string(t.Scope)
	}
	if t.Version == 0 {
		return "The charter of " + of + " is the default one; nobody has declared another."
	}
	text := fmt.Sprintf("The charter of %s: %s, version %d", of, t.ID, t.Version)
	if t.From != "" {
		text += ", since " + t.From
	}
	if len(t.Earlier) > 0 {
		text += fmt.Sprintf("; earlier versions: %s", strings.Trim(fmt.Sprint(t.Earlier), "[]"))
	}
	if len(t.Later) > 0 {
		text += fmt.Sprintf("; still to come: %s", strings.Trim(fmt.Sprint(t.Later), "[]"))
	}
	return text + "."
}

// mayCommand answers whether somebody may do something, and by which clause.
type mayCommand struct {
	Agent vf.ID    `arg:"" help:"Who would do it; whoever has no membership has the rights of guests."`
	Verb  string   `arg:"" help:"see, declare, change, withdraw, commit, release, record, correct, finish, plan, adopt, decide, invite, end, erase or keys."`
	IDs   []vf.ID  `arg:"" optional:"" name:"id" help:"With which records; with none, in the network as a whole."`
	File  []string `help:"Network files with records as they would be; - is standard input."`
}

// mayTold is one answer for programs.
type mayTold struct {
	Agent   vf.ID  `json:"agent"`
	Verb    string `json:"verb"`
	Record  vf.ID  `json:"record,omitempty"`
	Clause  string `json:"clause"`
	Charter vf.ID  `json:"charter,omitempty"` // none of the default charter
	Version int    `json:"version"`
}

// Run answers; what may not be done is refused with the clause that comes nearest.
func (c *mayCommand) Run(p *program) error {
	known := false
	for _, v := range coordination.Verbs() {
		known = known || string(v) == c.Verb
	}
	if !known {
		return usage("there is no right to " + c.Verb + "; rights are to " + verbsOfRights())
	}
	b, err := p.look()
	if err != nil {
		return err
	}
	defer b.close()
	g, err := b.Graph()
	if err != nil {
		return err
	}
	f := &facts{reading: newReading(g), graph: g}
	records := f.fromFiles(p, c.File)
	for _, id := range c.IDs {
		if r := f.record("may", id); r != nil {
			records = append(records, r)
		}
	}
	if f.err != nil {
		return f.err
	}
	if len(records) == 0 {
		records = []vf.Record{nil}
	}
	var list []mayTold
	for _, r := range records {
		t, err := c.ask(b, r)
		if err != nil {
			return err
		}
		list = append(list, t)
	}
	if p.JSON {
		return p.printJSON(list)
	}
	for _, t := range list {
		p.say("%s may %s %s, by the clause %s", t.Agent, t.Verb, orElse(string(t.Record), "in the network"), t.Clause)
	}
	return nil
}

func (c *mayCommand) ask(b *books, r vf.Record) (t mayTold, err error) {
	err = b.Charter(func(v coordination.View) error {
		a, verb := coordination.Actor{Agent: c.Agent}, coordination.Verb(c.Verb)
		d := v.Decide(a, verb, r)
		t = mayTold{Agent: c.Agent, Verb: c.Verb, Charter: d.Charter, Version: d.Version}
		what := "in the network"
		if r != nil {
			t.Record, what = r.Key(), string(r.Class())+" "+string(r.Key())
		}
		if !d.Allowed {
			return d.Refusal(a, verb, what)
		}
		t.Clause = d.Clause.String()
		return nil
	})
	return t, err
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func verbsOfRights() string {
	var list []string
	for _, v := range coordination.Verbs() {
		list = append(list, string(v))
	}
	return strings.Join(list, ", ")
}

// declareMembership says that somebody belongs to a scope.
type declareMembership struct {
	Of    vf.ID  `required:"" help:"Who: an agent."`
	Role  string `required:"" help:"In which role, such as member, bookkeeper, coordinator or owner."`
	Scope vf.ID  `help:"In which circle, group or project; in the whole network if left out."`
	From  string `help:"From when."`
	Until string `help:"Until when."`
	ID    vf.ID  `help:"Id of the membership; made new if left out."`
	Note  string `help:"A remark."`
}

// Run declares the membership.
func (c *declareMembership) Run(p *program) error {
	return p.act(journal.Declare, func(f *facts) ([]vf.Record, []vf.ID) {
		f.said.with("member", "--of", "role", "--role", "inScopeOf", "--scope", "hasBeginning", "--from", "hasEnd", "--until")
		return []vf.Record{&vf.Membership{ID: f.id(c.ID, "membership"), Note: c.Note, Member: c.Of, Role: c.Role, InScopeOf: c.Scope,
			HasBeginning: f.time("--from", c.From), HasEnd: f.time("--until", c.Until)}}, nil
	})
}

// declareCharter enters a version of a charter.
type declareCharter struct {
	Scope   vf.ID    `help:"Whose: a circle, group or project; the whole network's if left out."`
	Clause  []string `sep:"none" help:"A clause, such as 'members-see: member may see all'; repeat it."`
	File    string   `help:"A file with a clause a line; lines that begin with # are remarks."`
	Version int      `help:"Its version; the next one if left out."`
	From    string   `help:"From when it holds; at once if left out."`
	Name    string   `help:"What people call it."`
	ID      vf.ID    `help:"Id of the charter; made new if left out."`
	Note    string   `help:"A remark."`
}

// Run declares the charter.
func (c *declareCharter) Run(p *program) error {
	clauses := c.Clause
	if c.File != "" {
		raw, err := os.ReadFile(c.File)
		if err != nil {
			return cannotRead(c.File, err)
		}
		for line := range strings.Lines(string(raw)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				clauses = append(clauses, line)
			}
		}
	}
	if len(clauses) == 0 {
		return usage("a charter has clauses: --clause or --file")
	}
	return p.act(journal.Declare, func(f *facts) ([]vf.Record, []vf.ID) {
		f.said.with("inScopeOf", "--scope", "validFrom", "--from", "version", "--version")
		r := &vf.Charter{ID: f.id(c.ID, "charter"), Name: c.Name, Note: c.Note, InScopeOf: c.Scope, Version: c.Version, Clauses: clauses, ValidFrom: f.time("--from", c.From)}
		if r.Version == 0 {
			for _, other := range f.graph.Charters {
				if other.InScopeOf == r.InScopeOf && other.ID != r.ID {
					r.Version = max(r.Version, other.Version)
				}
			}
			r.Version++
		}
		return []vf.Record{r}, nil
	})
}

// declareKey enters a key of somebody.
type declareKey struct {
	Of     vf.ID  `required:"" help:"Whose it is: an agent."`
	File   string `help:"File of the key that signs; it is made if it is not there. Keep it to yourself."`
	Public string `help:"The public key, ed25519: and base64, of a key that is kept elsewhere."`
	From   string `help:"From when it holds; at once if left out."`
	Until  string `help:"Until when it holds."`
	ID     vf.ID  `help:"Id of the record; made new if left out."`
}

// Run declares the key; only its public half goes into the books.
func (c *declareKey) Run(p *program) error {
	if (c.File == "") == (c.Public == "") {
		return usage("say either --file or --public")
	}
	if c.File != "" {
		signer, err := host.ReadKey(c.File)
		if errors.Is(err, fs.ErrNotExist) {
			signer, err = host.MakeKey(c.File)
		}
		if err != nil {
			return err
		}
		c.Public = string(signer.PublicKey())
	}
	return p.act(journal.Declare, func(f *facts) ([]vf.Record, []vf.ID) {
		f.said.with("keyOf", "--of", "publicKey", "--public", "hasBeginning", "--from", "hasEnd", "--until")
		return []vf.Record{&vf.DeviceKey{ID: f.id(c.ID, "key"), KeyOf: c.Of, PublicKey: c.Public, HasBeginning: f.time("--from", c.From), HasEnd: f.time("--until", c.Until)}}, nil
	})
}
