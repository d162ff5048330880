package web

import (
	"context"
	"testing"

	"commonweal/host"
	"commonweal/people"
	"commonweal/web/browsertest"
)

// TestPagesInABrowser looks at the pages of a real network on a phone and on a screen,
// in light and dark, as a stranger and as an owner.
func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	x := reachable(t)
	x.o.Begin = Owners
	ctx := context.Background()
	n, err := x.o.Host.Example(ctx, x.at+"/"+host.ExampleName+"/")
	if err != nil {
		t.Fatal(err)
	}
	x.admit(n)
	if _, _, err := n.PlanOf(ctx, n.Journal().Size()-1); err != nil {
		t.Fatal(err)
	}
	secret, err := x.o.Host.InviteOwner(ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	c := browsertest.Start(t)
	in := x.at + "/" + host.ExampleName + "/"
	for name, address := range map[string]string{"index": x.at + "/", "overview": in, "signup": x.at + "/signup?invitation=" + secret, "signin": x.at + "/signin", "recover": x.at + "/recover",
		"vocabulary": x.at + "/ns", "schemas": x.at + "/schema/"} {
		c.Open(address)
		c.Picture("stranger-" + name)
	}
	c.Open(x.at + "/signup?invitation=" + secret)
	c.Fill("#name", "olga")
	c.Press("button[data-begin]")
	c.Until("location.pathname === '/carbon-farm-network/' && document.readyState === 'complete'")
	c.Picture("owner-account-after-signup")
	seats, err := x.people.SeatsOf(ctx, n.Name)
	if err != nil || len(seats) != 1 {
		t.Fatal(seats, err)
	}
	if _, err := x.people.Notify(ctx, people.Notification{Account: seats[0].Account, Network: n.Name, Source: "1", Kind: host.KindNeed, Body: []byte(`{"text": "need/1-wolhide-brown-50-50-yarn: 40 lb less than before, by 2 days later", "causes": ["offer/wool is less"]}`)}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct{ name, address string }{
		{"index", x.at + "/"}, {"overview", in}, {"needs", in + "intents"}, {"need", in + "need/1-wolhide-brown-50-50-yarn"}, {"need-history", in + "need/1-wolhide-brown-50-50-yarn?history"},
		{"agents", in + "agents"}, {"agent", in + "agent/wolhide"}, {"recipes", in + "recipe-processes"}, {"resources", in + "resources"}, {"notifications", in + "notifications"}, {"sign", in + "sign"},
		{"invitations", x.at + "/account/invitations"}, {"begin", x.at + "/account/networks"}, {"confirm", x.at + "/account/confirm"}, {"graphiql", in + "graphiql"},
	} {
		c.Open(p.address)
		if p.name != "graphiql" { // which is another's
			c.Picture("owner-" + p.name)
		}
	}
	c.Open(x.at + "/account")
	c.Eval("document.querySelectorAll('details').forEach(d => { d.open = true })")
	c.Picture("owner-account-open")
	if len(c.Faults) > 0 {
		t.Errorf("the pages complained: %v", c.Faults)
	}
}
