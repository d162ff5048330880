package vf

import "strings"

// Nearest returns the word of the list that is written most like the one given:
// with the fewest letters to insert, delete or replace; among equals the longest, as
// letters are rather left out than added, and of these the first in alphabetical
// order. It is what a message suggests. Of long words the first 64 bytes count.
func Nearest(word string, list []string) string {
	best, least := "", 1<<30
	word = strings.ToLower(word)
	for _, w := range list {
		d := distance(word, strings.ToLower(w))
		if d < least || d == least && (len(w) > len(best) || len(w) == len(best) && w < best) {
			best, least = w, d
		}
	}
	return best
}

func distance(a, b string) int {
	a, b = a[:min(len(a), 64)], b[:min(len(b), 64)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
