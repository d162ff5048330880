package packed

import (
	"encoding/binary"
	"iter"
	"sort"

	"commonweal/vf"
)

// List is a list of ids in their order, in an image.
type List struct {
	of *Image
	in []byte
}

// Len is how many there are.
func (l List) Len() int { return len(l.in) / 4 }

// At returns the ith.
func (l List) At(i int) vf.ID { return vf.ID(l.of.text(l.number(i))) }

func (l List) number(i int) uint32 { return binary.LittleEndian.Uint32(l.in[4*i:]) }

// Search returns the place of the first that does not come before an id.
func (l List) Search(id vf.ID) int {
	if l.Len() == 0 {
		return 0
	}
	n, ok := l.of.find(string(id))
	if !ok {
		n = l.of.least(string(id))
	}
	return sort.Search(l.Len(), func(i int) bool { return l.number(i) >= n })
}

// Class lists the records of a class; Agent lists agents of all kinds.
func (m *Image) Class(c vf.Class) List {
	n, ok := numbers[c]
	if !ok {
		return List{m, nil}
	}
	from, to := part(m.sections[inClassEnds], uint32(n))
	return List{m, m.sections[inClasses][4*from : 4*to]}
}

// groupSize is the length of a row of inGroups.
const groupSize = 12

// Referring lists the records that refer to an id by a property.
func (m *Image) Referring(property uint16, to vf.ID) List {
	n, ok := m.find(string(to))
	if !ok {
		return List{m, nil}
	}
	i := m.group(property, n)
	if i == len(m.sections[inGroups])/groupSize {
		return List{m, nil}
	}
	if p, t := m.groupAt(i); p != uint32(property) || t != n {
		return List{m, nil}
	}
	return m.groupList(i)
}

// group is the place of the first group that does not come before a property and target.
func (m *Image) group(property uint16, to uint32) int {
	return sort.Search(len(m.sections[inGroups])/groupSize, func(i int) bool {
		p, t := m.groupAt(i)
		return p > uint32(property) || p == uint32(property) && t >= to
	})
}

func (m *Image) groupAt(i int) (property, to uint32) {
	at := m.sections[inGroups][groupSize*i:]
	return binary.LittleEndian.Uint32(at), binary.LittleEndian.Uint32(at[4:])
}

func (m *Image) groupList(i int) List {
	end := func(i int) uint32 { return binary.LittleEndian.Uint32(m.sections[inGroups][groupSize*i+8:]) }
	from := uint32(0)
	if i > 0 {
		from = end(i - 1)
	}
	return List{m, m.sections[inLinks][4*from : 4*end(i)]}
}

// Linked gives all links by a property, in order.
func (m *Image) Linked(property uint16) iter.Seq[Link] {
	return func(yield func(Link) bool) {
		for i := m.group(property, 0); i < len(m.sections[inGroups])/groupSize; i++ {
			p, to := m.groupAt(i)
			if p != uint32(property) {
				return
			}
			l := m.groupList(i)
			for j := range l.Len() {
				if !yield(Link{property, vf.ID(m.text(to)), l.At(j)}) {
					return
				}
			}
		}
	}
}
