package web

// Patterns are what a site answers, and what it answers below a network, for tests that
// go through all that there is.
func (s *Site) Patterns(network string) (site, below []string) {
	return s.mux.patterns, s.network(network).patterns
}
