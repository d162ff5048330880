package format

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"commonweal/vf"
)

// WriteNetwork writes a graph as a network file in JSON-LD, with our context
// embedded, a record a line, class by class and by id. Reading it back gives the
// same records. The base is the IRI to which the ids are relative; it may be
// empty.
func WriteNetwork(w io.Writer, g *vf.Graph, base string) error {
	context, err := json.MarshalIndent(Context(base), " ", " ")
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	out.WriteString("{\n \"@context\": ")
	out.Write(context)
	out.WriteString(",\n \"@graph\": [")
	for i, r := range sorted(g) {
		line, err := vf.Encode(r)
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n  ")
		out.Write(line)
	}
	out.WriteString("\n ]\n}\n")
	return out.Flush() // tells of every failed write before it
}

// sorted lists the records class by class, and by id within a class.
func sorted(g *vf.Graph) []vf.Record {
	all := g.All()
	order := map[vf.Class]int{}
	for _, r := range all {
		if _, seen := order[listOf(r)]; !seen {
			order[listOf(r)] = len(order)
		}
	}
	slices.SortStableFunc(all, func(a, b vf.Record) int {
		if d := order[listOf(a)] - order[listOf(b)]; d != 0 {
			return d
		}
		return strings.Compare(string(a.Key()), string(b.Key()))
	})
	return all
}

// listOf is the list of a graph in which a record stands: agents of all kinds
// stand in one.
func listOf(r vf.Record) vf.Class {
	if _, agent := r.(*vf.Agent); agent {
		return "Agent"
	}
	return r.Class()
}

// WriteYAML writes a graph as a network file in YAML. It is read back only up
// to the size that a YAML file may have.
func WriteYAML(w io.Writer, g *vf.Graph, base string) error {
	out := bufio.NewWriterSize(w, 1<<16)
	if base != "" {
		context, err := json.Marshal(map[string]string{"@base": base, "@vocab": VF})
		if err != nil {
			return err
		}
		out.WriteString("\"@context\": " + string(context) + "\n")
	}
	out.WriteString("\"@graph\":\n")
	for _, r := range sorted(g) {
		line, err := vf.Encode(r)
		if err != nil {
			return err
		}
		n, err := newJSONReader("", bytes.NewReader(line)).value()
		if err != nil {
			return err
		}
		for i, m := range n.members {
			out.WriteString([]string{"  - ", "    "}[min(i, 1)])
			writeYAMLMember(out, m)
		}
	}
	return out.Flush() // tells of every failed write before it
}

func writeYAMLMember(out *bufio.Writer, m member) {
	if strings.HasPrefix(m.name, "@") {
		out.WriteString(`"` + m.name + `": `)
	} else {
		out.WriteString(m.name + ": ")
	}
	writeYAMLValue(out, m.value)
	out.WriteByte('\n')
}

// writeYAMLValue writes a value as JSON, which is YAML too.
func writeYAMLValue(out *bufio.Writer, n *node) {
	switch n.kind {
	case isText:
		text, _ := json.Marshal(n.text) // a text is always written
		out.Write(text)
	case isList:
		out.WriteByte('[')
		for i, v := range n.list {
			if i > 0 {
				out.WriteString(", ")
			}
			writeYAMLValue(out, v)
		}
		out.WriteByte(']')
	case isObject:
		out.WriteByte('{')
		for i, m := range n.members {
			if i > 0 {
				out.WriteString(", ")
			}
			out.WriteString(`"` + m.name + `": `)
			writeYAMLValue(out, m.value)
		}
		out.WriteByte('}')
	default:
		out.WriteString(n.text)
	}
}
