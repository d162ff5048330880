package format

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"commonweal/rule"
	"commonweal/vf"
)

// maxLine bounds one row of a table.
const maxLine = 1 << 20

// column is one column that a table must or may have.
type column struct {
	name     string
	optional bool
}

// table reads a spreadsheet row by row: separated by comma, semicolon or tab,
// with or without a header, texts in double quotes where need be.
type sheet struct {
	file    string
	in      *bufio.Reader
	columns []column
	at      []int // for each column, its cell in a row; -1 where the table has none
	comma   byte
	line    int32 // of the row
	lines   int32 // read so far
	cells   [][]byte
	text    []byte // of a row whose cells had quotes
	first   bool   // the row in cells was read to look for a header
	faults  *faults
}

// openSheet looks at the first row of a table: its separator, and whether it is
// a header.
func openSheet(f File, faults *faults, columns ...column) (*sheet, error) {
	s := &sheet{file: f.Name, in: bufio.NewReaderSize(f.Data, 1<<18), columns: columns, faults: faults}
	if mark, _ := s.in.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = s.in.Discard(3) // cannot fail: these bytes were just seen
	}
	start, _ := s.in.Peek(1 << 16)
	if i := bytes.IndexByte(start, '\n'); i >= 0 {
		start = start[:i]
	}
	s.comma = separator(start)
	more, err := s.read()
	if err != nil {
		return nil, err
	}
	s.first = more && !s.header()
	if s.at == nil {
		for i := range columns {
			s.at = append(s.at, i)
		}
		return s, nil
	}
	return s, s.missing()
}

// separator is the one of comma, semicolon and tab that stands most often
// outside quotes in the first line.
func separator(line []byte) byte {
	counts, quoted := map[byte]int{}, false
	for _, c := range line {
		if c == '"' {
			quoted = !quoted
		} else if !quoted {
			counts[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// header takes the row as a header if one of its cells is the name of a column.
func (s *sheet) header() bool {
	names := map[string]int{}
	for i, cell := range s.cells {
		name := strings.ToLower(string(bytes.TrimSpace(cell)))
		if _, twice := names[name]; !twice {
			names[name] = i
		}
	}
	found := false
	at := make([]int, len(s.columns))
	for i, c := range s.columns {
		at[i] = -1
		if j, ok := names[c.name]; ok {
			at[i], found = j, true
		}
	}
	if found {
		s.at = at
	}
	return found
}

// missing refuses a header that lacks a column.
func (s *sheet) missing() error {
	for i, c := range s.columns {
		if s.at[i] >= 0 || c.optional {
			continue
		}
		var found, wanted []string
		for _, cell := range s.cells {
			found = append(found, shorten(strings.ToValidUTF8(string(cell), "?")))
		}
		for _, c := range s.columns {
			wanted = append(wanted, c.name)
		}
		return rule.Refuse("missingColumn", "column", c.name, "found", strings.Join(found, ", "),
			"wanted", strings.Join(wanted, ", ")).At(position{s.line, 1}.in(s.file))
	}
	return nil
}

// next reads the next row; false at the end of the table.
func (s *sheet) next() (bool, error) {
	if s.faults.full() {
		return false, errEnough
	}
	if !s.first {
		if more, err := s.read(); !more || err != nil {
			return false, err
		}
	}
	s.first = false
	least := slices.Max(s.at) + 1
	if len(s.cells) < least {
		return false, s.bad(fmt.Sprintf("this row has %d columns, where %d are wanted", len(s.cells), least))
	}
	return true, nil
}

func (s *sheet) bad(reason string) error {
	return rule.Refuse("badTable", "reason", reason).At(position{s.line, 1}.in(s.file))
}

// read reads a row into cells, skipping empty lines.
func (s *sheet) read() (bool, error) {
	for {
		line, err := s.rawLine()
		if line == nil || err != nil {
			return false, err
		}
		s.line = s.lines
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		s.cells = s.cells[:0]
		if bytes.IndexByte(line, '"') >= 0 {
			return true, s.quoted(line)
		}
		for {
			i := bytes.IndexByte(line, s.comma)
			if i < 0 {
				s.cells = append(s.cells, line)
				return true, nil
			}
			s.cells = append(s.cells, line[:i])
			line = line[i+1:]
		}
	}
}

// rawLine reads one line without its end; nil at the end of the file. The bytes
// are good until the next one is read.
func (s *sheet) rawLine() ([]byte, error) {
	line, err := s.in.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		long := bytes.Clone(line)
		for err == bufio.ErrBufferFull && len(long) <= maxLine {
			line, err = s.in.ReadSlice('\n')
			long = append(long, line...)
		}
		line = long
	}
	s.lines++
	if len(line) > maxLine {
		return nil, rule.Refuse("tooLarge", "what", "One row", "limit", "1 MiB").At(position{s.lines, 1}.in(s.file))
	}
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("reading %s: %w", s.file, err)
	}
	if len(line) == 0 {
		return nil, nil
	}
	line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
	if line == nil {
		line = []byte{}
	}
	return line, nil
}

// quoted splits a row in which some cell stands in double quotes; such a cell
// may go over several lines, and holds a quote as two.
func (s *sheet) quoted(line []byte) error {
	s.text = append(s.text[:0], line...)
	var ends []int
	out, i := 0, 0 // cells are moved together to the front as quotes go
	for {
		for i < len(s.text) && s.text[i] == ' ' {
			i++
		}
		if i < len(s.text) && s.text[i] == '"' {
			i++
			for {
				if i == len(s.text) { // the cell goes on in the next line
					more, err := s.rawLine()
					if err != nil {
						return err
					}
					if more == nil || len(s.text) > maxLine {
						return s.bad("a quote that opens in this row does not close")
					}
					s.text = append(append(s.text, '\n'), more...)
				}
				if s.text[i] == '"' {
					if i+1 == len(s.text) || s.text[i+1] != '"' {
						i++
						break
					}
					i++
				}
				s.text[out] = s.text[i]
				out, i = out+1, i+1
			}
			for i < len(s.text) && s.text[i] == ' ' {
				i++
			}
			if i < len(s.text) && s.text[i] != s.comma {
				return s.bad("a text goes on behind its closing quote")
			}
		} else {
			for i < len(s.text) && s.text[i] != s.comma {
				s.text[out] = s.text[i]
				out, i = out+1, i+1
			}
		}
		ends = append(ends, out)
		if i >= len(s.text) {
			break
		}
		i++
	}
	from := 0
	for _, to := range ends {
		s.cells = append(s.cells, s.text[from:to:to])
		from = to
	}
	return nil
}

// cell is the content of a column in this row, nil if the table has no such column.
func (s *sheet) cell(column int) []byte {
	if s.at[column] < 0 {
		return nil
	}
	return bytes.TrimSpace(s.cells[s.at[column]])
}

// fault notes what is wrong with a cell of this row.
func (s *sheet) fault(column int, name rule.Name, values ...string) {
	s.faults.add(rule.Refuse(name, append(values, "column", s.columns[column].name)...).
		At(fmt.Sprintf("%s:%d: %s", s.file, s.line, s.columns[column].name)))
}

// id is the content of a column as the end of an id; "" where it is refused.
func (s *sheet) id(column int) []byte {
	c := s.cell(column)
	if len(c) == 0 {
		s.fault(column, "missingCell")
		return nil
	}
	for _, b := range c {
		if b <= ' ' || b == '<' || b == '>' || b == '"' || b == '%' || b >= utf8.RuneSelf {
			return s.escape(column, c)
		}
	}
	if len(c) > 200 {
		return s.escape(column, c)
	}
	return c
}

// escape writes what cannot stand in an id as %XX.
func (s *sheet) escape(column int, c []byte) []byte {
	if !utf8.Valid(c) || len(c) > 200 || bytes.ContainsFunc(c, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		s.fault(column, "badCell", "value", shorten(strings.ToValidUTF8(string(c), "?")), "wanted", "a text of at most 200 bytes in UTF-8")
		return nil
	}
	var out []byte
	for _, b := range c {
		if b == ' ' || b == '<' || b == '>' || b == '"' || b == '%' {
			out = fmt.Appendf(out, "%%%02X", b)
		} else {
			out = append(out, b)
		}
	}
	return out
}

// number reads a column as a decimal number of at least `least` (or over it).
func (s *sheet) number(column int, over bool) (vf.Decimal, bool) {
	c := s.cell(column)
	if len(c) == 0 {
		s.fault(column, "missingCell")
		return vf.Decimal{}, false
	}
	d, err := decimalOf(c)
	if err != nil || d.Sign() < 0 || over && d.Sign() == 0 {
		wanted := "a number of zero or more, with a decimal point"
		if over {
			wanted = "a number over zero, with a decimal point"
		}
		s.fault(column, "badCell", "value", shorten(strings.ToValidUTF8(string(c), "?")), "wanted", wanted)
		return vf.Decimal{}, false
	}
	return d, true
}

// decimalOf reads digits fast, and anything else as ParseDecimal does.
func decimalOf(c []byte) (vf.Decimal, error) {
	if len(c) <= 15 {
		n := int64(0)
		for i, b := range c {
			if b < '0' || b > '9' {
				break
			}
			n = n*10 + int64(b-'0')
			if i == len(c)-1 {
				return vf.Whole(n), nil
			}
		}
	}
	return vf.ParseDecimal(string(c))
}

// days reads a column as a whole number of days.
func (s *sheet) days(column int) (int, bool) {
	c := s.cell(column)
	n, err := strconv.Atoi(string(c))
	if err != nil || n < -36500 || n > 36500 {
		s.fault(column, "badCell", "value", shorten(strings.ToValidUTF8(string(c), "?")), "wanted", "a whole number of days from day 0, at most 36500 either way")
		return 0, false
	}
	return n, true
}
