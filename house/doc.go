// Package house holds the rules of the house as tests, and nothing else: which
// package may import which, what the domain packages must not touch, how long
// functions and files may be, what is documented, and that the pages of doc/
// agree with the code. A broken rule is told in a plain sentence.
package house
