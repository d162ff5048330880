package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// width is how wide a text is, and a table that nobody sees on a wider terminal:
// what fits a small terminal and a mail.
const width = 80

// widthOf is how wide a table may be that is written there.
func widthOf(out io.Writer) int {
	if f, ok := out.(*os.File); ok {
		if wide, _, err := term.GetSize(int(f.Fd())); err == nil {
			return max(width, wide)
		}
	}
	return width
}

// table is text in columns. A sign before a heading says how the column is
// treated: ">" aligns it to the right, "!" never cuts it, "?" leaves it out where
// the table would be too wide, "+" never cuts it and puts what stands after its
// first line under the row where it does not fit; such a column is the last one.
type table struct {
	heads []string
	signs []byte
	rows  [][]string
}

func newTable(heads ...string) *table {
	t := &table{heads: heads, signs: make([]byte, len(heads))}
	for i, h := range heads {
		if h != "" && strings.ContainsRune(">!?+", rune(h[0])) {
			t.signs[i], t.heads[i] = h[0], h[1:]
		}
	}
	return t
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// write prints the table, columns two spaces apart. Columns with nothing in them
// are left out; where the table would be too wide, its widest columns are cut, so
// that every row stays on its line.
func (t *table) write(out io.Writer) {
	if len(t.rows) == 0 {
		return
	}
	limit := widthOf(out)
	wide := t.widths(limit)
	rows := t.rows
	if strings.Join(t.heads, "") != "" {
		rows = append([][]string{t.heads}, rows...)
	}
	for _, row := range rows {
		var line strings.Builder
		more := ""
		for i, cell := range row {
			if wide[i] == 0 {
				continue
			}
			if t.signs[i] == '+' {
				cell, more, _ = strings.Cut(cell, "\n")
			}
			cell = cut(cell, wide[i])
			pad := strings.Repeat(" ", wide[i]-uniseg.StringWidth(cell))
			if line.Len() > 0 {
				line.WriteString("  ")
			}
			if t.signs[i] == '>' {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
		}
		text := strings.TrimRight(line.String(), " ")
		switch {
		case more == "":
		case uniseg.StringWidth(text+" "+more) <= limit:
			text += " " + more
		default:
			text += "\n    " + wrap(more, 4)
		}
		fmt.Fprintln(out, text)
	}
}

func firstLine(cell string) string {
	line, _, _ := strings.Cut(cell, "\n")
	return line
}

// widths works out how wide each column is; 0 leaves it out.
func (t *table) widths(limit int) []int {
	wide := make([]int, len(t.heads))
	for _, row := range t.rows {
		for i, cell := range row {
			wide[i] = max(wide[i], uniseg.StringWidth(firstLine(cell)))
		}
	}
	for i, head := range t.heads {
		if wide[i] > 0 {
			wide[i] = max(wide[i], uniseg.StringWidth(head))
		}
	}
	for i, sign := range t.signs {
		if sign == '?' && total(wide) > limit {
			wide[i] = 0
		}
	}
	for total(wide) > limit {
		widest := -1
		for i, w := range wide {
			if t.signs[i] != '!' && t.signs[i] != '+' && w > leastColumn && (widest < 0 || w > wide[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		wide[widest]--
	}
	return wide
}

// leastColumn is how narrow a column is cut at most.
const leastColumn = 8

func total(wide []int) int {
	sum := -2
	for _, w := range wide {
		if w > 0 {
			sum += w + 2
		}
	}
	return sum
}

// cut shortens a text to a width, in the middle, since ids differ at their ends.
func cut(s string, wide int) string {
	if uniseg.StringWidth(s) <= wide {
		return s
	}
	var parts []string
	for g := uniseg.NewGraphemes(s); g.Next(); {
		parts = append(parts, g.Str())
	}
	head, tail := wide/2, wide-wide/2-1
	for {
		short := strings.Join(parts[:head], "") + "…" + strings.Join(parts[len(parts)-tail:], "")
		if uniseg.StringWidth(short) <= wide || head+tail == 0 {
			return short
		}
		if head >= tail {
			head--
		} else {
			tail--
		}
	}
}

// wrap breaks a text into lines that fit where it begins in a column; the lines
// after the first begin there too.
func wrap(text string, column int) string {
	var b strings.Builder
	at := column
	for i, word := range strings.Fields(text) {
		w := uniseg.StringWidth(word)
		switch {
		case i == 0:
		case at+1+w > width:
			b.WriteString("\n" + strings.Repeat(" ", column))
			at = column
		default:
			b.WriteString(" ")
			at++
		}
		b.WriteString(word)
		at += w
	}
	return b.String()
}

// printJSON writes one value for programs, indented.
func (p *program) printJSON(v any) error {
	e := json.NewEncoder(p.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(v)
}

// say writes a line for people.
func (p *program) say(text string, args ...any) { fmt.Fprintf(p.out, text+"\n", args...) }
