package house

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
	"testing"
)

// unreached are packages that the program has no use for, and that would open it to
// something: other programs, other servers, memory, forms of files that are not taken.
var unreached = map[string]string{
	"os/exec": "other programs", "plugin": "other code", "unsafe": "memory beyond the language", "testing": "tests", "net/rpc": "other servers",
	"net/smtp": "mail", "net/http/httptest": "tests", "net/http/pprof": "debugging", "expvar": "debugging", "net/http/cgi": "other programs", "text/template": "pages that are not escaped",
	"encoding/xml": "XML", "encoding/gob": "objects of Go", "archive/zip": "packed files", "archive/tar": "packed files", "compress/gzip": "packed files", "compress/flate": "packed files",
	"compress/zlib": "packed files", "compress/bzip2": "packed files", "crypto/md5": "broken hashes", "crypto/sha1": "broken hashes", "crypto/des": "broken ciphers", "crypto/rc4": "broken ciphers", "crypto/rsa": "another kind of key",
	"crypto/dsa": "broken signatures", "crypto/cipher": "encryption of its own", "crypto/aes": "encryption of its own",
}

// excepted are packages that have one all the same: the zones come with the program,
// packed, and Pwned Passwords are listed by SHA-1.
var excepted = []string{"zone archive/zip", "people crypto/sha1"}

// unasked are what the program would connect to other servers with, and what would
// make an expression of what somebody writes.
var unasked = map[string]bool{
	"net.Dial": true, "net.DialTimeout": true, "net.Dialer": true, "net.DialTCP": true, "net.DialUDP": true, "net.DialUnix": true, "net.LookupHost": true, "net.Resolver": true, "tls.Dial": true, "tls.Dialer": true,
	"http.Get": true, "http.Head": true, "http.Post": true, "http.PostForm": true, "http.Client": true, "http.DefaultClient": true, "http.Transport": true, "http.DefaultTransport": true,
	"http.NewRequest": true, "http.NewRequestWithContext": true, "httputil.ReverseProxy": true, "regexp.Compile": true, "regexp.MatchString": true, "regexp.Match": true, "regexp.CompilePOSIX": true,
}

// TestTheProgramReachesNobody goes through the packages of the program: it starts no
// other, asks no other server (but the database that it is told, by the driver of
// PostgreSQL), reads no packed files and no XML, and evaluates nothing.
func TestTheProgramReachesNobody(t *testing.T) {
	t.Parallel()
	all := tree(t)
	inside := reached(all, "cmd/commonweal")
	if !inside["people"] || !inside["web/entrance"] || inside["web/webtest"] || inside["bench"] {
		t.Fatalf("the packages of the program are %v", inside)
	}
	for _, s := range all {
		if s.test || !inside[s.dir] {
			continue
		}
		for _, spec := range s.file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if why := unreached[path]; why != "" && !contains(excepted, s.dir+" "+path) {
				t.Errorf("%s: %s imports %s; the program has no business with %s", at(spec.Pos()), s.dir, path, why)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && unasked[x.Name+"."+n.Sel.Name] {
					t.Errorf("%s: %s uses %s.%s; the program asks no other server, and evaluates nothing", at(n.Pos()), s.dir, x.Name, n.Sel.Name)
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "MustCompile" && !constant(n.Args[0]) {
					t.Errorf("%s: an expression is made of what is not a constant", at(n.Pos()))
				}
			}
			return true
		})
	}
}

// constant reports whether a text stands in the source as it is.
func constant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.BinaryExpr:
		return constant(e.X) && constant(e.Y)
	}
	return false
}

// reached are the packages of ours that a package is built of.
func reached(all []source, from string) map[string]bool {
	imports := map[string][]string{}
	for _, s := range all {
		if s.test {
			continue
		}
		for _, spec := range s.file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if ours, ok := strings.CutPrefix(path, "commonweal/"); ok {
				imports[s.dir] = append(imports[s.dir], ours)
			}
		}
	}
	found, next := map[string]bool{}, []string{from}
	for len(next) > 0 {
		dir := next[0]
		next = next[1:]
		if !found[dir] {
			found[dir] = true
			next = append(next, imports[dir]...)
		}
	}
	return found
}
