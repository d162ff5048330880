package vf

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// WorkBlock is one statement about work time: an AVAILABLE of RFC 7953 says when
// work goes on, a VEVENT of RFC 5545 (Closed) when it does not. It lasts to End,
// on the clock on the wall, or as long as Lasts says.
type WorkBlock struct {
	Closed  bool
	Begin   LocalTime
	End     LocalTime // zero where Lasts is said
	Lasts   LocalSpan
	Repeats *WorkRule // nil where it happens once
	Also    []LocalTime
	Except  []LocalTime // a date takes out all that begins on that day
	Line    string      // the line of its beginning, to tell it from the others
}

// LocalTime is a moment as a clock on the wall of a zone shows it.
type LocalTime struct {
	Clock int64  // seconds that the clock shows since 1970-01-01T00:00
	Zone  string // "" where none is named: that of the block's beginning, or else UTC
	Date  bool   // a day without a time, which begins at midnight
}

// LocalSpan is a length of time: days of the calendar, then exact seconds.
type LocalSpan struct{ Days, Seconds int64 }

// WorkTimeOf returns the lines with which a record says when work goes on: an agent,
// a place, a resource or a recipe process. Of others, and of those that say nothing, it
// is empty.
func WorkTimeOf(r Record) []string {
	switch r := r.(type) {
	case *Agent:
		return r.WorkTime
	case *SpatialThing:
		return r.WorkTime
	case *EconomicResource:
		return r.WorkTime
	case *RecipeProcess:
		return r.WorkTime
	}
	return nil
}

// ParseWorkTime reads the property workTime: lines of iCalendar, several of which
// may stand in one text. Blocks stand between BEGIN and END of AVAILABLE or VEVENT;
// lines outside are of an AVAILABLE, and each DTSTART among them begins a new one.
// It checks what is written, and leaves zones and dates to who expands it. The
// error is an [Error] of kind [BadWorkTime] with the line and what would be read.
func ParseWorkTime(texts []string) ([]WorkBlock, error) {
	p := &workTimeReader{}
	for _, line := range contentLines(texts) {
		if err := p.line(line); err != nil {
			return nil, err
		}
	}
	if p.inside != "" {
		return nil, badLine("BEGIN:"+p.inside, "a line END:"+p.inside+" after it")
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	return p.blocks, nil
}

// contentLines splits texts into lines and joins folded ones (RFC 5545, 3.1).
func contentLines(texts []string) []string {
	var lines []string
	for _, text := range texts {
		for line := range strings.SplitSeq(text, "\n") {
			line = strings.TrimRight(line, "\r")
			folded := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
			switch {
			case strings.TrimSpace(line) == "":
			case folded && len(lines) > 0:
				lines[len(lines)-1] += line[1:]
			default:
				lines = append(lines, strings.TrimSpace(line))
			}
		}
	}
	return lines
}

// badLine says which line cannot be read, and what would be.
func badLine(line, wanted string) *Error {
	const most = 80
	if runes := []rune(line); len(runes) > most {
		line = string(runes[:most]) + "…"
	}
	return fault(BadWorkTime, "line", line, "wanted", wanted)
}

// workTimeReader holds the block that is being read.
type workTimeReader struct {
	blocks  []WorkBlock
	inside  string // the component that has begun and not ended
	block   *WorkBlock
	ended   bool // by DTEND or DURATION
	ignored bool // cancelled, or said not to take up time
}

// contentLine is a line of iCalendar taken apart.
type contentLine struct {
	text, name, value string
	zone              string
}

// Properties that say nothing about when.
const wordsOnly = " UID DTSTAMP SUMMARY DESCRIPTION COMMENT CATEGORIES LOCATION CLASS CREATED LAST-MODIFIED SEQUENCE PRIORITY ORGANIZER CONTACT URL GEO "

func splitLine(text string) (contentLine, error) {
	head, value, ok := cutUnquoted(text, ':')
	if !ok {
		return contentLine{}, badLine(text, "a name, a colon and a value, such as DTSTART:20260105T080000")
	}
	name, params, _ := cutUnquoted(head, ';')
	l := contentLine{text: text, name: strings.ToUpper(name), value: strings.TrimSpace(value)}
	for params != "" {
		var param string
		param, params, _ = cutUnquoted(params, ';')
		key, said, _ := strings.Cut(param, "=")
		said = strings.Trim(said, `"`)
		switch strings.ToUpper(key) {
		case "TZID":
			if said == "" {
				return l, badLine(text, "the name of a zone after TZID=, such as TZID=Europe/Berlin")
			}
			l.zone = said
		case "VALUE":
			if v := strings.ToUpper(said); v != "DATE" && v != "DATE-TIME" && timed(l.name) {
				return l, badLine(text, "dates, with or without a time; a period is a block of its own")
			}
		}
	}
	return l, nil
}

func timed(name string) bool {
	return name == "DTSTART" || name == "DTEND" || name == "RDATE" || name == "EXDATE"
}

// cutUnquoted cuts at the first separator outside double quotes.
func cutUnquoted(s string, separator byte) (before, after string, found bool) {
	quoted := false
	for i := range len(s) {
		if s[i] == '"' {
			quoted = !quoted
		}
		if s[i] == separator && !quoted {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

func (p *workTimeReader) line(text string) error {
	l, err := splitLine(text)
	if err != nil {
		return err
	}
	switch l.name {
	case "BEGIN":
		return p.begin(l)
	case "END":
		if strings.ToUpper(l.value) != p.inside || p.inside == "" {
			return badLine(text, "END of what has begun last")
		}
		p.inside = ""
		if p.block.Line == "" {
			return badLine(text, "a DTSTART before it")
		}
		return p.finish()
	case "DTSTART":
		if p.inside == "" {
			if err := p.finish(); err != nil {
				return err
			}
			p.block = &WorkBlock{}
		} else if p.block.Line != "" {
			return badLine(text, "one DTSTART in each block")
		}
		p.block.Line = text
		p.block.Begin, err = oneTime(l)
		return err
	}
	if strings.Contains(wordsOnly, " "+l.name+" ") || strings.HasPrefix(l.name, "X-") {
		return nil
	}
	if p.block == nil {
		return badLine(text, "DTSTART before it")
	}
	return p.property(l)
}

func (p *workTimeReader) begin(l contentLine) error {
	if p.inside != "" {
		return badLine(l.text, "END:"+p.inside+" before it")
	}
	if err := p.finish(); err != nil {
		return err
	}
	p.inside = strings.ToUpper(l.value)
	if p.inside != "AVAILABLE" && p.inside != "VEVENT" {
		return badLine(l.text, "BEGIN:AVAILABLE for when work goes on, or BEGIN:VEVENT for when it does not")
	}
	p.block = &WorkBlock{Closed: p.inside == "VEVENT"}
	return nil
}

// property reads a line of the block that has begun.
func (p *workTimeReader) property(l contentLine) (err error) {
	b := p.block
	switch l.name {
	case "DTEND", "DURATION":
		if p.ended {
			return badLine(l.text, "either one DTEND or one DURATION in each block")
		}
		p.ended = true
		if l.name == "DTEND" {
			b.End, err = oneTime(l)
		} else {
			b.Lasts, err = duration(l)
		}
		return err
	case "RRULE":
		if b.Repeats != nil {
			return badLine(l.text, "one RRULE in each block; write another block for another rule")
		}
		b.Repeats, err = recurrence(l)
		return err
	case "RDATE":
		b.Also, err = timeList(b.Also, l)
		return err
	case "EXDATE":
		b.Except, err = timeList(b.Except, l)
		return err
	case "TRANSP":
		p.ignored = p.ignored || strings.EqualFold(l.value, "TRANSPARENT")
		return nil
	case "STATUS":
		p.ignored = p.ignored || strings.EqualFold(l.value, "CANCELLED")
		return nil
	}
	return badLine(l.text, "DTSTART, DTEND, DURATION, RRULE, RDATE or EXDATE")
}

// finish checks the block that has been read, and keeps it.
func (p *workTimeReader) finish() error {
	b, ended, ignored := p.block, p.ended, p.ignored
	p.block, p.ended, p.ignored = nil, false, false
	if b == nil || ignored && b.Closed {
		return nil
	}
	if !ended {
		if !b.Begin.Date {
			return badLine(b.Line, "a DTEND or a DURATION beside it, such as DURATION:PT8H")
		}
		b.Lasts = LocalSpan{Days: 1}
	}
	sameClock := b.End.Zone == "" || b.End.Zone == b.Begin.Zone
	if ended && b.Lasts == (LocalSpan{}) && sameClock && b.End.Clock <= b.Begin.Clock {
		return badLine(b.Line, "a DTEND after it")
	}
	if r := b.Repeats; r != nil && r.Ends && r.Until.Zone == "" && r.Until.Clock < b.Begin.Clock {
		return badLine(b.Line, "an RRULE whose UNTIL is not before it")
	}
	p.blocks = append(p.blocks, *b)
	return nil
}

// oneTime reads a date, or a date with a time.
func oneTime(l contentLine) (LocalTime, error) {
	t, ok := localTime(l.value)
	if !ok {
		return t, badLine(l.text, "a date such as 20260105, or with a time: 20260105T080000, with Z at the end for UTC")
	}
	if t.Zone == "" {
		t.Zone = l.zone
	}
	return t, nil
}

func timeList(list []LocalTime, l contentLine) ([]LocalTime, error) {
	for value := range strings.SplitSeq(l.value, ",") {
		one := l
		one.value = strings.TrimSpace(value)
		t, err := oneTime(one)
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

func localTime(s string) (LocalTime, bool) {
	layout := "20060102T150405"
	utc := strings.HasSuffix(s, "Z")
	s = strings.TrimSuffix(s, "Z")
	date := len(s) == 8
	if date {
		layout = "20060102"
	}
	t, err := time.Parse(layout, s)
	if err != nil || len(s) != len(layout) || t.Year() < 1 || date && utc {
		return LocalTime{}, false
	}
	l := LocalTime{Clock: t.Unix(), Date: date}
	if utc {
		l.Zone = "UTC"
	}
	return l, true
}

// duration reads P1D, PT8H30M, P2W and the like; a century at most.
func duration(l contentLine) (LocalSpan, error) {
	wanted := "a duration such as PT8H, PT7H30M, P1D or P1W, over nothing and at most a hundred years"
	rest, ok := strings.CutPrefix(strings.TrimPrefix(l.value, "+"), "P")
	if !ok {
		return LocalSpan{}, badLine(l.text, wanted)
	}
	days, clock, hasClock := strings.Cut(rest, "T")
	var d LocalSpan
	okDays := parts(days, "WD", []int64{7, 1}, &d.Days)
	okClock := parts(clock, "HMS", []int64{3600, 60, 1}, &d.Seconds)
	const most = 36600
	if !okDays || !okClock || hasClock && clock == "" || d == (LocalSpan{}) || d.Days > most || d.Seconds > most*86400 {
		return LocalSpan{}, badLine(l.text, wanted)
	}
	return d, nil
}

// parts adds up numbers with their letters, which stand in the order given.
func parts(s, letters string, worth []int64, sum *int64) bool {
	for s != "" {
		i := strings.IndexAny(s, letters)
		if i < 1 || i > 10 {
			return false
		}
		n, err := strconv.ParseUint(s[:i], 10, 40)
		if err != nil {
			return false
		}
		at := strings.IndexByte(letters, s[i])
		*sum += int64(n) * worth[at]
		letters, worth, s = letters[at+1:], worth[at+1:], s[i+1:]
	}
	return true
}

// Zones lists the names of the zones on whose clocks the block goes by, in the
// order in which they stand; UTC is not among them.
func (b *WorkBlock) Zones() []string {
	var names []string
	for _, t := range slices.Concat([]LocalTime{b.Begin, b.End}, b.Also, b.Except) {
		if t.Zone != "" && t.Zone != "UTC" && !slices.Contains(names, t.Zone) {
			names = append(names, t.Zone)
		}
	}
	return names
}
