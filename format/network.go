package format

import (
	"bufio"
	"errors"
	"io"
	"path"
	"strings"

	"commonweal/rule"
	"commonweal/vf"
)

// File is a file to read: its name for messages, and its bytes.
type File struct {
	Name string
	Data io.Reader
}

// Network is what network files hold: the records, and the base to which their
// ids are relative ("" where the files name none).
type Network struct {
	Base  string
	Graph *vf.Graph
}

// ReadNetwork reads one network file, JSON-LD or YAML, and checks it. Records
// already in the books, which the file may refer to, are handed in as known; it
// may be nil. The error is [Refusals], or that of the reader.
func ReadNetwork(name string, data io.Reader, known *vf.Graph) (*vf.Graph, error) {
	n, err := ReadNetworks([]File{{name, data}}, known)
	if err != nil {
		return nil, err
	}
	return n.Graph, nil
}

// ReadNetworks reads several files as one network; records of one may refer to
// records of the others.
func ReadNetworks(files []File, known *vf.Graph) (*Network, error) {
	if known == nil {
		known = &vf.Graph{}
	}
	r := &reader{g: &vf.Graph{}, places: map[vf.ID]place{}, records: map[vf.ID]vf.Record{}}
	for _, f := range files {
		r.file = f.Name
		if err := r.read(f); err != nil && !errors.Is(err, errEnough) {
			var refusal *rule.Refusal
			if !errors.As(err, &refusal) {
				return nil, err
			}
			r.faults.add(refusal.At(f.Name))
		}
	}
	if r.faults.list == nil {
		r.finish(known)
	}
	if r.faults.list == nil {
		check(r.g, known, &r.faults, func(id vf.ID) string { return r.places[id].String() })
	}
	if err := r.faults.err(); err != nil {
		return nil, err
	}
	return &Network{r.base, r.g}, nil
}

// errEnough ends the reading of a file when enough faults are known.
var errEnough = errors.New("enough faults")

// read reads one file.
func (r *reader) read(f File) error {
	in := bufio.NewReaderSize(f.Data, 1<<16)
	if mark, _ := in.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = in.Discard(3) // cannot fail: these bytes were just seen
	}
	d := &document{r: r}
	if isYAML(f.Name, in) {
		root, err := readYAML(f.Name, in)
		if err != nil {
			return err
		}
		if err := d.root(root); err != nil {
			return err
		}
		return d.finish()
	}
	return d.readJSON(newJSONReader(f.Name, in))
}

// isYAML goes by the name of the file, else by its first character.
func isYAML(name string, in *bufio.Reader) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml":
		return true
	case ".json", ".jsonld":
		return false
	}
	for i := 1; i <= 4096; i++ {
		b, err := in.Peek(i)
		if err != nil {
			return len(b) > 0
		}
		if !strings.ContainsRune(" \t\r\n", rune(b[i-1])) {
			return b[i-1] != '{' && b[i-1] != '['
		}
	}
	return true
}

// document is one file while it is read: its context, and the records that
// wait because the context may still come.
type document struct {
	r       *reader
	scope   *scope
	waiting []*node
	rest    node // the members of the outermost object beside @context and @graph
	graph   bool // there was a @graph
}

// readJSON reads a stream of JSON, handing each record on when it is complete.
func (d *document) readJSON(p *jsonReader) error {
	var err error
	switch p.space() {
	case '{':
		d.rest.pos = p.position()
		err = p.object(func(name string, at position) error { return d.streamMember(p, name, at) })
	case '[':
		d.graph = true
		err = p.array(func() error { return d.streamElement(p) })
	default:
		return p.bad("a network: an object with @graph")
	}
	if err != nil {
		return err
	}
	if p.space() != 0 || p.at < len(p.buf) {
		return p.bad("the end of the file")
	}
	if p.fault != nil {
		return p.refuse(position{}, "unreadable")
	}
	return d.finish()
}

func (d *document) streamMember(p *jsonReader, name string, at position) error {
	p.values = 0
	if d.rest.get(name) != nil || name == "@graph" && d.graph || name == "@context" && d.scope != nil {
		return p.refuse(at, "duplicateKey", "key", shorten(name))
	}
	if name == "@graph" && p.space() == '[' {
		d.graph = true
		return p.array(func() error { return d.streamElement(p) })
	}
	v, err := p.value()
	if err != nil {
		return err
	}
	return d.member(member{name, at, v})
}

func (d *document) streamElement(p *jsonReader) error {
	p.values = 0
	v, err := p.value()
	if err != nil {
		return err
	}
	return d.element(v)
}

// root takes a whole file that was read as a tree.
func (d *document) root(n *node) error {
	switch n.kind {
	case isObject:
		d.rest.pos = n.pos
		for _, m := range n.members {
			if err := d.member(m); err != nil {
				return err
			}
		}
		return nil
	case isList:
		d.graph = true
		return d.elements(n.list)
	}
	return rule.Refuse("notANetwork", "value", n.describe(), "wanted", "an object with @graph").At(n.pos.in(d.r.file))
}

// member takes one name of the outermost object.
func (d *document) member(m member) error {
	switch m.name {
	case "@context":
		s, err := d.r.openScope(m.value)
		d.scope = s
		if err != nil {
			return err
		}
		waiting := d.waiting
		d.waiting = nil
		return d.elements(waiting)
	case "@graph":
		d.graph = true
		return d.elements(several(m.value))
	}
	d.rest.kind = isObject
	d.rest.members = append(d.rest.members, m)
	if len(d.rest.members) > 1000 {
		return rule.Refuse("tooLarge", "what", "The outermost object", "limit", "1000 names").At(m.pos.in(d.r.file))
	}
	return nil
}

func (d *document) elements(list []*node) error {
	for _, n := range list {
		if err := d.element(n); err != nil {
			return err
		}
	}
	return nil
}

// element takes one record of the graph; it waits where no context was seen.
func (d *document) element(n *node) error {
	if n.kind != isObject {
		return d.r.fault(rule.Refuse("notANetwork", "value", n.describe(), "wanted", "a record"), n.pos)
	}
	if d.scope == nil {
		if len(d.waiting) >= maxValues {
			return rule.Refuse("tooLarge", "what", "@graph before @context", "limit", "1,000,000 records").At(n.pos.in(d.r.file))
		}
		d.waiting = append(d.waiting, n)
		return nil
	}
	return d.r.record(n, d.scope)
}

// finish reads what waited, once it is known that no context comes.
func (d *document) finish() error {
	if d.scope == nil {
		d.scope = &scope{plain: true}
	}
	if err := d.elements(d.waiting); err != nil {
		return err
	}
	if !d.graph && len(d.rest.members) == 0 {
		return d.r.fault(rule.Refuse("notANetwork", "value", "an object without @graph", "wanted", "a network"), d.rest.pos)
	}
	if !d.graph {
		return d.r.record(&d.rest, d.scope)
	}
	for _, m := range d.rest.members {
		if m.name == "@id" || m.name == "@version" {
			continue
		}
		if err := d.r.fault(rule.Refuse("notANetwork", "value", "“"+shorten(m.name)+"” beside @graph", "wanted", "@context or @graph"), m.pos); err != nil {
			return err
		}
	}
	return nil
}
