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

func TestAServerSaysWhenItsDatabaseIsNotChecked(t *testing.T) {
	t.Parallel()
	for store, want := range map[string]bool{
		"": false, "postgres://ana@localhost/books": false, "postgres://ana@127.0.0.1:5432/books?sslmode=disable": false, "postgres:///books?host=/run/postgresql": false,
		"postgres://ana@[::1]:5432/books": false, "postgres://ana@db.example.org/books": true, "postgres://ana@db.example.org/books?sslmode=require": true,
		"postgres://ana@db.example.org/books?sslmode=verify-full": false, "postgres://ana@127.0.0.1:5432,10.0.0.2:5432/books": true,
	} {
		if got := unchecked(store); got != want {
			t.Errorf("%q: %v", store, got)
		}
	}
}

func TestAServerForOthersWantsItsAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		listen, url string
		warned      bool
	}{
		{"localhost:8080", "", false},
		{"192.168.1.7:8080", "", false},
		{"0.0.0.0:8080", "", true},
		{":8080", "", true},
		{"[::]:8080", "", true},
		{"0.0.0.0:8080", "https://plan.example.org/", false},
	} {
		if got := (&serverFlags{Listen: c.listen, URL: c.url}).nowhere(); got != c.warned {
			t.Errorf("listening on %q with the address %q it warns: %t, want %t", c.listen, c.url, got, c.warned)
		}
	}
}
