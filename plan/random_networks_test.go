package plan_test

import (
	"fmt"
	"regexp"
	"strings"

	"pgregory.net/rapid"
)

// drawing writes a random network in the words of the cases.
type drawing struct {
	t *rapid.T
	b strings.Builder
}

func (d *drawing) line(format string, args ...any) { fmt.Fprintf(&d.b, format+"\n", args...) }

func (d *drawing) n(label string, low, high int) int {
	return rapid.IntRange(low, high).Draw(d.t, label)
}

func (d *drawing) chance(label string, percent int) bool { return d.n(label, 1, 100) <= percent }

// maybe writes words now and then.
func (d *drawing) maybe(label string, percent int, format string, args ...any) string {
	if !d.chance(label, percent) {
		return ""
	}
	return fmt.Sprintf(" "+format, args...)
}

func (d *drawing) pick(label string, from ...string) string {
	return from[d.n(label, 0, len(from)-1)]
}

// drawNetwork makes a random network: specifications in levels, recipes with lots,
// by-products, shared trips and alternatives, stock, receipts, offers, needs of
// several tiers; and now and then a circle.
func drawNetwork(t *rapid.T) *network {
	d := &drawing{t: t}
	d.materials(false)
	t.Log(d.b.String())
	return readCase(d.b.String())
}

// drawBusyNetwork makes one that has machines, places, skills, limits and closed
// days as well, and needs that come together or stay in stock.
func drawBusyNetwork(t *rapid.T) *network {
	d := &drawing{t: t}
	d.capacities()
	d.materials(true)
	t.Log(d.b.String())
	return readCase(d.b.String())
}

// drawTightNetwork makes one in which what is more essential fits just so, as long as
// it is planned together: few machines, few days on which much is due; and lesser needs
// that nothing can be done for.
func drawTightNetwork(t *rapid.T) *network {
	d := &drawing{t: t}
	for k := range 2 {
		for i := range d.n("machines", 1, 2) {
			d.line("machine m%d-%d of M%d parallel %d%s", k, i, k, d.n("parallel", 1, 2), d.maybe("open", 15, "open mon-fri"))
		}
	}
	if d.chance("limit", 20) {
		d.line("limit T%d %d week", d.n("limited", 1, 3), d.n("limit", 10, 60))
	}
	d.line("now 0")
	things := d.n("things", 2, 4)
	for i := range things {
		takes := ""
		if i+1 < things && d.chance("takes", 70) {
			takes = fmt.Sprintf(" takes T%d %d", d.n("input", i+1, things-1), d.n("of it", 1, 3))
		}
		terms := d.maybe("each", 15, "each 0.%d", d.n("each", 1, 3)) + d.maybe("lots", 25, "least %d most %d", d.n("least", 1, 6), d.n("most", 7, 20))
		d.line("recipe r%d days %d%s makes T%d 1%s%s", i, d.n("days", 1, 3), terms, i, takes, d.maybe("uses", 80, "uses M%d 1", d.n("kind", 0, 1)))
		if i+1 < things && d.chance("trip", 25) {
			d.line("recipe trip%d days 1 stage town carries T%d 1, T%d 1 takes fuel 1 batch uses M%d 1", i, i, i+1, d.n("kind", 0, 1))
		}
		if d.chance("stock", 40) {
			d.line("stock T%d %d", i, d.n("on hand", 1, 12))
		}
		if d.chance("offer", 30) {
			d.line("offer T%d lead %d%s", i, d.n("lead", 0, 6), d.maybe("limited", 50, "available %d", d.n("available", 1, 20)))
		}
	}
	d.line("stock fuel %d", d.n("fuel", 1, 4))
	d.line("recipe r8 days 1 makes T8 1 takes T9 1, T%d 1 uses M0 1", d.n("thing", 0, things-1))
	for i := range d.n("needs", 2, 7) {
		tier := d.n("tier", 0, 2)
		extra := d.maybe("town", 10, "stage town") + d.maybe("people", 20, "people %d", d.n("people", 1, 5))
		extra += d.pick("else", "", "", "", fmt.Sprintf(" together x%d", tier), " keep target", " keep floor", fmt.Sprintf(" useful %d", d.n("least", 1, 9)))
		d.line("need n%d T%d %d on %d tier %d%s", i, d.n("thing", 0, things-1), d.n("wanted", 1, 9), 4*d.n("due", 1, 5), tier, extra)
	}
	d.line("need hopeless T8 1 on %d tier %d", d.n("due", 0, 20), d.n("tier", 1, 3))
	t.Log(d.b.String())
	return readCase(d.b.String())
}

// kinds are the kinds of networks, for properties that hold for all.
var kinds = []struct {
	name string
	draw func(*rapid.T) *network
}{{"materials", drawNetwork}, {"capacities", drawBusyNetwork}, {"tight", drawTightNetwork}}

var ownNames = regexp.MustCompile(`\b(T\d+|r\d+-\d+|trip\d+|n\d+|M\d|m\d-\d|barn|fuel|anna|ben|weaving|baking)\b`)

// drawManyNetworks makes a network of several parts that have nothing in common.
func drawManyNetworks(t *rapid.T) *network {
	var text strings.Builder
	for i := range rapid.IntRange(2, 6).Draw(t, "parts") {
		d := &drawing{t: t}
		d.capacities()
		d.materials(true)
		text.WriteString(ownNames.ReplaceAllString(d.b.String(), fmt.Sprintf("p%d$1", i)))
	}
	return readCase(text.String())
}

func (d *drawing) materials(busy bool) {
	d.line("now 0")
	things := d.n("things", 2, 9)
	for i := range things {
		for k := range d.n("recipes", 0, 2) {
			d.recipe(i, k, things, busy)
		}
		if d.chance("trip", 15) && i+1 < things {
			with := ""
			if busy {
				with = d.busyTerms()
			}
			d.line("recipe trip%d days %d stage town%s carries T%d 1, T%d 1 takes fuel 1 batch", i, d.n("days", 0, 4), with, i, d.n("other", i+1, things-1))
		}
		if d.chance("stock", 40) {
			d.line("stock T%d %d", i, d.n("on hand", 1, 40))
		}
		if d.chance("receipt", 25) {
			d.line("receipt T%d %d on %d", i, d.n("coming", 1, 30), d.n("at", 0, 30))
		}
		if d.chance("offer", 50) {
			d.offer(i, busy)
		}
	}
	d.line("stock fuel %d", d.n("fuel", 1, 5))
	for i := range d.n("needs", 1, 8) {
		d.need(i, things, busy)
	}
}

func (d *drawing) recipe(i, k, things int, busy bool) {
	takes := ""
	for range d.n("inputs", 0, 3) {
		low := i + 1
		if d.chance("circle", 2) {
			low = 0
		}
		if low < things {
			takes += fmt.Sprintf(", T%d %d.%d", d.n("input", low, things-1), d.n("whole", 0, 3), d.n("tenths", 1, 9))
		}
	}
	if takes != "" {
		takes = " takes" + takes[1:]
	}
	with := ""
	if d.chance("beside", 15) && i+1 < things {
		with = fmt.Sprintf(" and T%d 0.%d", d.n("by-product", i+1, things-1), d.n("part", 1, 9))
	}
	terms := d.terms()
	if busy {
		terms += d.busyTerms()
		takes += d.busyFlows()
	}
	d.line("recipe r%d-%d days %d preference %d%s makes T%d %d%s%s", i, k, d.n("days", 0, 6), d.n("preference", 0, 2), terms, i, d.n("gives", 1, 3), with, takes)
}

func (d *drawing) terms() (terms string) {
	if d.chance("lots", 20) {
		terms += fmt.Sprintf(" least %d", d.n("least lot", 1, 9))
		if d.chance("multiple", 50) {
			terms = fmt.Sprintf(" least %d multiple %d", 3*d.n("least lot", 1, 4), 3)
		}
		terms += fmt.Sprintf(" most %d", 3*d.n("most", 5, 12))
	} else if d.chance("each", 15) {
		terms += fmt.Sprintf(" each 0.%d", d.n("each", 1, 5))
	}
	terms += d.maybe("yield", 15, "yield 0.%d", d.n("yield", 3, 9))
	return terms + d.maybe("in force", 10, "from %d until %d", d.n("from", 0, 9), d.n("until", 10, 40))
}

func (d *drawing) offer(i int, busy bool) {
	terms := d.maybe("limited", 70, "available %d", d.n("available", 1, 60))
	if busy && terms != "" {
		terms += d.maybe("renews", 20, "renews %s", d.pick("period", "week", "month"))
	}
	terms += d.maybe("least", 20, "least %d", d.n("least taken", 1, 20))
	terms += d.maybe("dates", 30, "from %d until %d", d.n("from", -3, 20), d.n("until", 21, 60))
	if busy {
		terms += d.maybe("multiple", 10, "multiple %d", d.n("box", 1, 6))
	}
	d.line("offer T%d lead %d%s", i, d.n("lead", 0, 9), terms)
}

func (d *drawing) need(i, things int, busy bool) {
	tier := d.n("tier", 0, 2)
	extra := d.maybe("useful", 20, "useful %d", d.n("least", 1, 30)) + d.maybe("until", 20, "until %d", d.n("until", 30, 60)) + d.maybe("town", 15, "stage town")
	if busy {
		extra += d.maybe("people", 20, "people %d", d.n("people", 1, 5))
		if !strings.Contains(extra, "useful") && !strings.Contains(extra, "until") {
			extra += d.maybe("together", 15, "together %s%d", d.pick("group", "x", "y"), tier)
		}
		if !strings.Contains(extra, "together") {
			extra += d.maybe("keep", 12, "keep %s", d.pick("kept", "target", "floor"))
		}
	}
	wanted := fmt.Sprint(d.n("wanted", 1, 40))
	if d.chance("giant", 1) {
		wanted = giant
	}
	d.line("need n%d T%d %s on %d tier %d%s", i, d.n("thing", 0, things-1), wanted, d.n("due", -2, 40), tier, extra)
}

// open draws when work goes on.
func (d *drawing) open() (text string) {
	text = d.maybe("open", 40, "open %s", d.pick("hours", "mon-fri", "daily/8-16", "mon-fri/6-22", "mon-sat/7-12/Europe/Berlin", "tue-thu"))
	if from := d.n("from", 0, 30); d.chance("closed", 25) {
		text += fmt.Sprintf(" closed %d %d", from, from+d.n("for", 1, 7))
	}
	return text
}

// hours draws when work goes on, now and then in a way that cannot be worked out.
func (d *drawing) hours() string {
	if d.chance("never", 5) {
		return " open never"
	}
	return d.open()
}

var skills = []string{"weaving", "baking"}

// capacities draws two kinds of machines, two people with skills, a place and a
// limit, and firm work on them.
func (d *drawing) capacities() {
	for k := range 2 {
		for i := range d.n("machines", 0, 2) {
			id := fmt.Sprintf("m%d-%d", k, i)
			d.line("machine %s of M%d preference %d%s%s%s%s%s", id, k, d.n("preference", 0, 1), d.maybe("parallel", 80, "parallel %d", d.n("parallel", 1, 2)), d.hours(),
				d.maybe("efficiency", 25, "efficiency %s", d.pick("speed", "0.5", "2", "7")),
				d.maybe("budget", 20, "budget %d %s", d.n("hours", 10, 90), d.pick("period", "day", "week", "month")), d.maybe("owner", 20, "owner %s", d.pick("who", "anna", "ben")))
			if from := d.n("from", 0, 20); d.chance("busy", 20) {
				d.line("busy %s from %d until %d", id, from, from+d.n("for", 1, 5))
			}
		}
	}
	for _, who := range []string{"anna", "ben"} {
		d.line("agent %s%s%s", who, d.hours(), d.maybe("frozen", 20, "frozen %d", d.n("frozen", 1, 6)))
		for _, skill := range skills {
			if d.chance("offers work", 40) {
				d.line("hours %s %s %d %s preference %d", who, skill, d.n("hours", 4, 60), d.pick("period", "day", "week", "month", ""), d.n("preference", 0, 1))
			}
		}
	}
	d.line("place barn%s%s", d.maybe("room", 70, "room %d", d.n("room", 1, 2)), d.hours())
	if d.chance("limit", 30) {
		d.line("limit T%d %d %s", d.n("limited", 1, 8), d.n("limit", 5, 90), d.pick("period", "week", "month", "quarter"))
	}
}

// busyTerms draws who performs a recipe, where, and when.
func (d *drawing) busyTerms() string {
	return d.maybe("setup", 15, "setup 0.%d", d.n("setup", 1, 9)) + d.maybe("by", 30, "by %s", d.pick("who", "anna", "ben")) + d.maybe("at", 20, "at barn") + d.hours()
}

// busyFlows draws the machine and the work that a recipe takes.
func (d *drawing) busyFlows() string {
	return d.maybe("uses", 50, "uses M%d %s", d.n("kind", 0, 1), d.pick("use", "1", "1", "2h")) + d.maybe("works", 25, "works %s 0.%d", d.pick("skill", skills...), d.n("work", 1, 9))
}
