package graphql

import (
	"crypto/rand"
	"strconv"

	"commonweal/journal"
	"commonweal/node"
	"commonweal/vf"
)

// newToken is a text that is never twice the same.
func newToken() string { return rand.Text() }

// The verbs of the node that programs may use, by what they take. Keys of the
// network are changed where they are kept, by "commonweal" itself.
var (
	withRecords = []journal.Kind{journal.Declare, journal.Change, journal.Commit, journal.Record, journal.Correct}
	withIDs     = []journal.Kind{journal.Withdraw, journal.Release, journal.Finish, journal.Erase}
)

// verbs adds the verbs as mutations, each by its own name, and do for many acts at
// once.
func (s *schema) verbs(mutation *object) {
	seen := s.add(&object{kind: isInput, name: "SeenInput"})
	seen.field("id", "ID!", nil)
	seen.field("revisionId", "ID!", nil)
	records, ids := argument{"records", "[RecordInput!]!", ""}, argument{"of", "[ID!]!", ""}
	rest := []argument{{"seen", "[SeenInput!]", ""}, {"at", "DateTime", ""}, {"key", "ID", ""}, {"salt", "String", ""}, {"proof", "ProofInput", ""}}
	for _, k := range withRecords {
		mutation.field(string(k), "ActResult", acts(k), append([]argument{records}, rest...)...)
	}
	for _, k := range withIDs {
		mutation.field(string(k), "ActResult", acts(k), append([]argument{ids}, rest...)...)
	}
	mutation.field(string(journal.Adopt), "ActResult", acts(journal.Adopt), append([]argument{records, {"of", "[ID!]", ""}}, rest...)...)
	act := s.add(&object{kind: isInput, name: "ActInput"})
	act.field("kind", "ActKind!", nil)
	act.field("records", "[RecordInput!]", nil)
	act.field("of", "[ID!]", nil)
	for _, a := range rest {
		act.field(a.name, a.typ, nil)
	}
	f := mutation.field("do", "[ActResult!]", doAll, argument{"acts", "[ActInput!]!", ""})
	f.times = usualList
}

// acts resolves the mutation of one verb.
func acts(k journal.Kind) resolver {
	return func(x *execution, _ any, args arguments) (any, error) {
		a, err := x.act(k, args)
		if err != nil {
			return nil, err
		}
		return x.do(a)
	}
}

// act makes an act of what is said of it.
func (x *execution) act(k journal.Kind, args map[string]any) (node.Act, error) {
	a := node.Act{Kind: k, Key: keyOf(args), Author: x.seat.Actor().Agent}
	a.At, _ = args["at"].(vf.Time)
	if err := signed(&a, args); err != nil {
		return a, err
	}
	records, _ := args["records"].([]any)
	for i, r := range records {
		made, err := x.recordOf(r, a.Key, i)
		if err != nil {
			return a, err
		}
		a.Records = append(a.Records, made)
	}
	of, _ := args["of"].([]any)
	for _, id := range of {
		a.Of = append(a.Of, vf.ID(id.(string)))
	}
	seen, _ := args["seen"].([]any)
	for _, s := range seen {
		m := s.(map[string]any)
		id := vf.ID(m["id"].(string))
		revision, err := revisionOf(id, m["revisionId"])
		if err != nil {
			return a, err
		}
		if a.Seen == nil {
			a.Seen = map[vf.ID]int64{}
		}
		a.Seen[id] = revision
	}
	return a, nil
}

// doAll enters several acts, all of them or none.
func doAll(x *execution, _ any, args arguments) (any, error) {
	list := args["acts"].([]any)
	if len(list) == 0 || len(list) > mostActs {
		return nil, badValue("acts", strconv.Itoa(len(list))+" acts", "from 1 to "+strconv.Itoa(mostActs)+" acts")
	}
	var all []node.Act
	for _, m := range list {
		a, err := x.actOf(m.(map[string]any))
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	results, err := x.seat.Do(x.ctx, all...)
	x.books = x.h.node.Snapshot()
	if err != nil {
		return nil, err
	}
	out := []any{}
	for i, r := range results {
		out = append(out, &done{r, nil, all[i].Of})
	}
	return out, nil
}

// mostActs is how many acts are entered at once.
const mostActs = 1000
