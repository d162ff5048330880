package web

import (
	"context"
	"maps"
	"strconv"
	"strings"

	"commonweal/host"
	"commonweal/rule"
	"commonweal/web/entrance"
	"commonweal/web/graphql"
)

// Beginners says who may begin other networks from a page.
type Beginners string

// Who may: owners are those who may decide, by its charter, in the network that was
// begun first here; members are all who have a seat in a network here.
const (
	Nobody  Beginners = "nobody"
	Owners  Beginners = "owners"
	Members Beginners = "members"
)

// mostNetworks is how many networks a server has before no more are begun from pages.
const mostNetworks = 200

// served is a network that is served: its routes, and its door for GraphQL.
type served struct {
	*routes
	door *graphql.Handler
}

// network is what is served under a name, nil for nothing.
func (s *Site) network(name string) *served { return (*s.networks.Load())[name] }

// admit serves a network from now on. What is asked meanwhile sees it or does not.
func (s *Site) admit(n *host.Network) {
	x := &served{newRoutes(), s.door(n)}
	s.notifications(n, x.routes)
	s.sign(n, x.routes)
	x.Handle("/graphql", x.door)
	x.Handle("/graphql/schema.graphql", x.door)
	x.Handle("GET /graphiql", graphql.Explorer())
	x.Handle("GET /graphiql/", graphql.Explorer())
	x.Handle("/", s.linking.In(n))
	s.admitting.Lock()
	defer s.admitting.Unlock()
	now := maps.Clone(*s.networks.Load())
	now[n.Name] = x
	s.networks.Store(&now)
	if s.stopping.Load() {
		x.door.Close()
	}
}

// close ends the subscriptions of all networks.
func (s *Site) close() {
	s.admitting.Lock()
	defer s.admitting.Unlock()
	for _, x := range *s.networks.Load() {
		x.door.Close()
	}
}

// founder begins networks from pages.
type founder struct{ site *Site }

// MayBegin asks the setting, and the charter of the first network.
func (f founder) MayBegin(_ context.Context, by entrance.Identity) error {
	h := f.site.o.Host
	first := h.First()
	switch {
	case f.site.o.Begin == Owners && first != nil:
		if h.MayDecide(by.Agent(first.Name), first.Name) == nil {
			return nil
		}
		return rule.Refuse("mayNotBegin", "who", "the owners of "+first.Name)
	case f.site.o.Begin == Members:
		if len(by.Networks()) > 0 {
			return nil
		}
		return rule.Refuse("mayNotBegin", "who", "members of a network of this server")
	}
	return rule.Refuse("mayNotBegin", "who", "whoever runs this server")
}

// Begin begins a network and serves it.
func (f founder) Begin(ctx context.Context, name string) error {
	h := f.site.o.Host
	if len(h.Networks()) >= mostNetworks {
		return rule.Refuse("tooManyItems", "most", strconv.Itoa(mostNetworks), "what", "networks")
	}
	n, err := h.Begin(ctx, name, strings.TrimSuffix(f.site.o.Address, "/")+"/"+name+"/")
	if err != nil {
		return err
	}
	f.site.admit(n)
	return nil
}
