package graphql

import (
	"errors"
	"testing"

	"commonweal/rule"
)

func refusedBy(err error) string {
	if r, ok := errors.AsType[*rule.Refusal](err); ok {
		return string(r.Rule)
	}
	return ""
}

// What a subscription keeps in memory is bounded, for nobody known more than for members.
func TestSubscriptionsAreShort(t *testing.T) {
	t.Parallel()
	l := Limits{}.filled()
	for _, c := range []struct {
		tokens, bytes int
		known         bool
		code          string
	}{
		{2000, 32_000, true, ""}, {2001, 10, true, "queryTooLong"}, {10, 32_001, true, "requestTooLarge"},
		{200, 3200, false, ""}, {201, 10, false, "queryTooLong"}, {10, 3201, false, "requestTooLarge"},
	} {
		err := l.follow(&asking{tokens: c.tokens, bytes: c.bytes}, c.known)
		if got := refusedBy(err); got != c.code {
			t.Errorf("%d words and signs of %d bytes, known %v: [%s], want [%s]", c.tokens, c.bytes, c.known, got, c.code)
		}
		if err != nil && !asksTooMuch(err) {
			t.Errorf("%v is not counted as asking too much", err)
		}
	}
}
