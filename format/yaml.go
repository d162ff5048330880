package format

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"commonweal/rule"
)

// A YAML file is bounded in bytes and in tokens (a name, a colon and a value are
// three): it is what people write by hand, and the parser's time grows with the
// square of the tokens.
const (
	maxYAML   = 1 << 20
	maxTokens = 150_000
)

// readYAML reads a YAML document as a tree.
func readYAML(file string, in io.Reader) (root *node, err error) {
	data, err := io.ReadAll(io.LimitReader(in, maxYAML+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	if len(data) > maxYAML {
		return nil, rule.Refuse("tooLarge", "what", "The YAML file", "limit", "1 MiB").At(file)
	}
	if line := badLine(data); line > 0 {
		return nil, rule.Refuse("notYAML", "reason", "this line is not text in UTF-8").At(position{line, 1}.in(file))
	}
	defer func() {
		if p := recover(); p != nil { // a file must never end the program
			root, err = nil, rule.Refuse("notYAML", "reason", "the parser gives up: "+shorten(fmt.Sprint(p))).At(file)
		}
	}()
	tokens := lexer.Tokenize(string(data))
	if err := checkTokens(file, tokens); err != nil {
		return nil, err
	}
	tree, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, yamlRefusal(file, err)
	}
	y := yamlReader{file: file, anchors: map[string]ast.Node{}}
	for _, doc := range tree.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType || doc.Body.Type() == ast.CommentGroupType {
			continue
		}
		if root != nil {
			return nil, rule.Refuse("notYAML", "reason", "a second document begins here").At(yamlPosition(doc.Body).in(file))
		}
		if root, err = y.node(doc.Body, 0); err != nil {
			return nil, err
		}
	}
	if root == nil {
		root = &node{}
	}
	return root, nil
}

// badLine finds the first line that is no UTF-8 or has control characters; 0 if
// there is none.
func badLine(data []byte) int32 {
	line := int32(1)
	for i := 0; i < len(data); {
		c := data[i]
		switch {
		case c == '\n':
			line++
		case c < ' ' && c != '\t' && c != '\r':
			return line
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && size <= 1 {
				return line
			}
			i += size
			continue
		}
		i++
	}
	return 0
}

// checkTokens refuses, before the parser sees it, what would nest too deep or
// hold too many names in one mapping: the parser calls itself for each level and
// each name, and its time grows with the square of them.
func checkTokens(file string, tokens token.Tokens) error {
	if len(tokens) > maxTokens {
		return rule.Refuse("tooLarge", "what", "The YAML file", "limit", strconv.Itoa(maxTokens)+" names, marks and values").At(tokenPosition(tokens[maxTokens]).in(file))
	}
	var open opened
	inLine, line := 0, 0
	for i, t := range tokens {
		if t.Position.Line != line {
			inLine, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			open.flow++
			open.names = append(open.names, mapping{column: -open.flow})
		case token.SequenceEndType, token.MappingEndType:
			open.close()
		case token.SequenceEntryType:
			inLine++
			open.entry(t.Position.Column)
		case token.MappingKeyType, token.AnchorType, token.TagType:
			inLine++
		case token.MappingValueType:
			if open.flow == 0 {
				inLine++
			}
			column := t.Position.Column
			if i > 0 && tokens[i-1].Position.Line == line {
				column = tokens[i-1].Position.Column
			}
			if open.name(column) > maxNames {
				return rule.Refuse("tooLarge", "what", "One mapping", "limit", strconv.Itoa(maxNames)+" names").At(tokenPosition(t).in(file))
			}
		case token.InvalidType:
			return rule.Refuse("notYAML", "reason", t.Error).At(tokenPosition(t).in(file))
		}
		if open.flow > maxDepth || inLine > maxDepth || len(open.names) > 2*maxDepth {
			return rule.Refuse("tooDeep", "limit", strconv.Itoa(maxDepth)).At(tokenPosition(t).in(file))
		}
	}
	return nil
}

// maxNames bounds the names of one mapping in YAML.
const maxNames = 500

// opened follows which mappings are open at a token: block mappings by their
// column, flow ones by how deep they are.
type opened struct {
	flow  int
	names []mapping
}

// mapping is an open mapping: its column, or minus its depth in flow style, and
// how many names it has so far.
type mapping struct{ column, count int }

// close ends a flow mapping or sequence.
func (o *opened) close() {
	if o.flow > 0 {
		o.flow--
		o.names = o.names[:len(o.names)-1]
	}
}

// entry begins an entry of a block sequence, which ends the mappings inside the one before.
func (o *opened) entry(column int) {
	for n := len(o.names); n > 0 && o.names[n-1].column > column; n-- {
		o.names = o.names[:n-1]
	}
}

// name counts a name of the mapping at the column.
func (o *opened) name(column int) int {
	if o.flow == 0 {
		o.entry(column)
		if n := len(o.names); n == 0 || o.names[n-1].column != column {
			o.names = append(o.names, mapping{column: column})
		}
	}
	last := &o.names[len(o.names)-1]
	last.count++
	return last.count
}

func yamlRefusal(file string, err error) error {
	var e yaml.Error
	if errors.As(err, &e) {
		return rule.Refuse("notYAML", "reason", e.GetMessage()).At(tokenPosition(e.GetToken()).in(file))
	}
	return rule.Refuse("notYAML", "reason", shorten(err.Error())).At(file)
}

func tokenPosition(t *token.Token) position {
	if t == nil || t.Position == nil {
		return position{}
	}
	return position{int32(t.Position.Line), int32(t.Position.Column)}
}

// yamlPosition is where a node begins: a mapping at its first name.
func yamlPosition(n ast.Node) position {
	switch n := n.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return yamlPosition(n.Values[0])
		}
	case *ast.MappingValueNode:
		return tokenPosition(n.Key.GetToken())
	}
	return tokenPosition(n.GetToken())
}

// yamlReader turns the parser's tree into ours, unfolding aliases.
type yamlReader struct {
	file    string
	anchors map[string]ast.Node
	values  int
}

func (y *yamlReader) node(a ast.Node, depth int) (*node, error) {
	n := &node{pos: yamlPosition(a)}
	if depth > maxDepth {
		return nil, rule.Refuse("tooDeep", "limit", strconv.Itoa(maxDepth)).At(n.pos.in(y.file))
	}
	if y.values++; y.values > maxValues {
		return nil, rule.Refuse("tooLarge", "what", "The YAML file, with its aliases unfolded,", "limit", strconv.Itoa(maxValues)+" values").At(n.pos.in(y.file))
	}
	switch a := a.(type) {
	case *ast.NullNode:
		return n, nil
	case *ast.StringNode:
		n.kind, n.text = isText, a.Value
	case *ast.LiteralNode:
		n.kind, n.text = isText, a.Value.Value
	case *ast.IntegerNode, *ast.FloatNode:
		n.kind, n.text = isNumber, a.GetToken().Value
	case *ast.BoolNode:
		n.kind, n.text = isTruth, strconv.FormatBool(a.Value)
	case *ast.MappingNode:
		n.kind = isObject
		return n, y.members(n, a.Values, depth)
	case *ast.MappingValueNode:
		n.kind = isObject
		return n, y.members(n, []*ast.MappingValueNode{a}, depth)
	case *ast.SequenceNode:
		n.kind = isList
		for _, v := range a.Values {
			item, err := y.node(v, depth+1)
			if err != nil {
				return nil, err
			}
			n.list = append(n.list, item)
		}
	case *ast.AnchorNode:
		y.anchors[a.Name.GetToken().Value] = a.Value
		return y.node(a.Value, depth+1)
	case *ast.AliasNode:
		name := a.Value.GetToken().Value
		to, ok := y.anchors[name]
		if !ok {
			return nil, rule.Refuse("notYAML", "reason", "there is no anchor &"+shorten(name)+" before this").At(n.pos.in(y.file))
		}
		return y.node(to, depth+1)
	default:
		return nil, rule.Refuse("notYAML", "reason", "“"+shorten(a.GetToken().Value)+"” ("+a.Type().String()+") is not used in network files").At(n.pos.in(y.file))
	}
	if len(n.text) > maxText {
		return nil, rule.Refuse("tooLarge", "what", "one text", "limit", "1 MiB").At(n.pos.in(y.file))
	}
	return n, nil
}

func (y *yamlReader) members(n *node, values []*ast.MappingValueNode, depth int) error {
	var seen names
	for _, v := range values {
		at := tokenPosition(v.Key.GetToken())
		name := v.Key.GetToken().Value
		if s, ok := v.Key.(*ast.StringNode); ok {
			name = s.Value
		} else if _, ok := v.Key.(ast.ScalarNode); !ok {
			return rule.Refuse("notYAML", "reason", "a name must be a plain text").At(at.in(y.file))
		}
		if seen.again(n.members, name) {
			return rule.Refuse("duplicateKey", "key", shorten(name)).At(at.in(y.file))
		}
		value, err := y.node(v.Value, depth+1)
		if err != nil {
			return err
		}
		n.members = append(n.members, member{name, at, value})
	}
	return nil
}
