package main

import "testing"

func TestAServerSaysWhenItCanBeListenedTo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		listen, at string
		proxied    bool
		want       bool
	}{
		{"localhost:8080", "http://localhost:8080/", false, false},
		{"127.0.0.1:8080", "http://127.0.0.1:8080/", false, false},
		{"[::1]:8080", "http://[::1]:8080/", false, false},
		{":8080", "http://localhost:8080/", false, true},
		{"0.0.0.0:8080", "http://localhost:8080/", false, true},
		{"plan.example.org:80", "http://plan.example.org/", false, true},
		{"0.0.0.0:80", "http://plan.example.org/", true, false},
		{":443", "https://plan.example.org/", false, false},
		{"localhost:8080", "https://plan.example.org/", true, false},
	} {
		f := serverFlags{Listen: c.listen, Proxied: c.proxied}
		if got := f.exposed(c.at); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
