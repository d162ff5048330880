# make run    starts the server with a real example network and prints its address
# make test   runs every test (a few minutes); make lint reads the code
# make bench  generates networks of known size and measures the planner on them
# make bench-server  measures a server under load, under abuse, and with long books
# make package makes a Debian package of the server in bin/
# make vulnerabilities asks Go's list whether a part has a known weakness that the program reaches
# make soak   runs the tests that count with greater counts (long)
# Go is needed; what else is needed is installed by the target that needs it, where it is missing.

SHELL := /bin/bash
GO    ?= go
CACHE := $(CURDIR)/.cache
LINT  := $(CACHE)/bin/golangci-lint-$(shell sed -n 's/.*golangci-lint\/v2 \(v[0-9.]*\).*/\1/p' tools/lint/go.mod)

.PHONY: run build package test lint vulnerabilities bench bench-server soak deps go clean

go:
	@command -v $(GO) >/dev/null || { echo "Go is missing: install Go 1.26 or newer (https://go.dev/dl), then try again."; exit 1; }

# The page of GraphiQL is built where npm is; a program built without it says how to build it.
GRAPHIQL := web/graphql/graphiql/page/graphiql.js
$(GRAPHIQL): web/graphql/graphiql/package-lock.json web/graphql/graphiql/main.jsx web/graphql/graphiql/page.css
	@if command -v npm >/dev/null; then cd web/graphql/graphiql && npm ci --no-audit --no-fund && npm run --silent build; \
	else echo "Node is missing, so this program is built without GraphiQL."; fi

build: go $(GRAPHIQL)
	$(GO) build -o bin/commonweal ./cmd/commonweal

# The example's books stay in this folder between runs; books of your own belong elsewhere.
run: build
	@bin/commonweal --data $(CACHE)/example serve --example --log-level warn

package: build
	@bash packaging/package.sh bin/commonweal bin

# hledger reads our export in a test, as a bookkeeper would; programs in Node ask the GraphQL door. Tests start PostgreSQL servers of their own,
# and look at pages with chromium.
deps: go
	@command -v hledger >/dev/null || bash tools/install.sh hledger
	@command -v chromium >/dev/null || bash tools/install.sh chromium
	@test -x /usr/lib/postgresql/15/bin/initdb || bash tools/install.sh postgresql-15
	@command -v npm >/dev/null || { echo "Node is missing: install Node 20 or newer with npm (Debian: nodejs, npm), then try again."; exit 1; }
	@test -d tests/graphql/node_modules || (cd tests/graphql && npm ci --no-audit --no-fund)

test: deps
	$(GO) vet ./...
	$(GO) test ./...

# Three machines on one, of which the one in charge is killed (doc/high-availability.md).
soak: deps
	@command -v patroni etcd >/dev/null || bash tools/install.sh patroni etcd-server
	COMMONWEAL_SOAK=1 $(GO) test -count=1 -timeout 120m ./...

$(LINT): tools/lint/go.mod
	cd tools/lint && $(GO) build -o $(LINT) github.com/golangci/golangci-lint/v2/cmd/golangci-lint

lint: go $(LINT)
	$(LINT) run ./...

# Asks the network, which no test does.
vulnerabilities: go
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

bench: go
	$(GO) run ./bench/measure

bench-server: build
	$(GO) run ./bench/server bin/commonweal

clean:
	rm -rf bin $(CACHE)
