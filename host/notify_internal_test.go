package host

import (
	"strings"
	"testing"

	"commonweal/plan"
	"commonweal/vf"
)

func TestWhatStaysIsOneLine(t *testing.T) {
	t.Parallel()
	c := &changes{Planned: Planned{Sequence: 7}, lines: []plan.Change{}, states: map[vf.ID]string{"need/a": "on time", "need/b": "late"}}
	for _, x := range []struct {
		steps map[vf.ID]int
		want  string
	}{
		{map[vf.ID]int{}, ""},
		{map[vf.ID]int{"need/gone": 1}, ""},
		{map[vf.ID]int{"need/b": 1}, "Your need need/b is still late; 1 step before it changed, as of entry 7 of the journal."},
		{map[vf.ID]int{"need/b": 2, "need/a": 35}, "Your need need/a is still on time; 35 steps before it changed, as of entry 7 of the journal. So it is with 1 more of your needs."},
	} {
		got, ok := c.still(x.steps)
		if got.Text != x.want || ok != (x.want != "") || ok && !strings.Contains(got.Text, string(got.About)) {
			t.Errorf("%v: %+v, want %q", x.steps, got, x.want)
		}
	}
}
