package format

// kind is what a value of a file is.
type kind uint8

const (
	isNull kind = iota
	isText
	isNumber // its digits are kept as they stand in the file
	isTruth  // the text is "true" or "false"
	isList
	isObject
)

// node is one value of a file with the place where it stands.
type node struct {
	kind    kind
	text    string
	members []member // of an object, in the order of the file, names distinct
	list    []*node
	pos     position
}

// member is one name of an object with its value.
type member struct {
	name  string
	pos   position
	value *node
}

// get returns the value of a name, nil if the object has none.
func (n *node) get(name string) *node {
	for i := range n.members {
		if n.members[i].name == name {
			return n.members[i].value
		}
	}
	return nil
}

// scalar reports whether the value is a text, a number or a truth value.
func (n *node) scalar() bool { return n.kind == isText || n.kind == isNumber || n.kind == isTruth }

// plain turns the value into what encoding/json would give, with numbers as
// texts so that no digit is lost.
func (n *node) plain() any {
	switch n.kind {
	case isText, isNumber:
		return n.text
	case isTruth:
		return n.text == "true"
	case isList:
		list := make([]any, len(n.list))
		for i, v := range n.list {
			list[i] = v.plain()
		}
		return list
	case isObject:
		m := make(map[string]any, len(n.members))
		for _, v := range n.members {
			m[v.name] = v.value.plain()
		}
		return m
	}
	return nil
}

// describe says what a value is, for messages.
func (n *node) describe() string {
	switch n.kind {
	case isNull:
		return "null"
	case isText:
		return "“" + shorten(n.text) + "”"
	case isList:
		return "a list"
	case isObject:
		return "an object"
	}
	return shorten(n.text)
}

// shorten cuts a text for a message after 60 characters.
func shorten(s string) string {
	count := 0
	for i := range s {
		if count == 60 {
			return s[:i] + "…"
		}
		count++
	}
	return s
}

// names finds a name that an object has twice: among few by looking, among
// many in a map.
type names map[string]bool

func (s *names) again(members []member, name string) bool {
	if len(members) < 16 {
		for i := range members {
			if members[i].name == name {
				return true
			}
		}
		return false
	}
	if *s == nil {
		*s = make(names, 64)
		for i := range members {
			(*s)[members[i].name] = true
		}
	}
	if (*s)[name] {
		return true
	}
	(*s)[name] = true
	return false
}
