# make check test build run: what a developer needs. make e2e bench race soak: the longer ones.

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo development)
LDFLAGS  = -s -w -X hanse/internal/app.version=$(VERSION)
# Two packages at a time: each starts databases, some a browser.
P       ?= 2
# The longest first, so that none of them runs alone at the end.
PACKAGES ?= ./test/e2e ./test/histories ./internal/edge/portal/qualify ./internal/domain/qualification ./...
SHELL    = /bin/bash
.SHELLFLAGS = -euo pipefail -c

.PHONY: all build run demo check format vet staticcheck generated structure test sdk e2e bench race soak need generate clean

all: check test build

## build: the binary, without cgo
build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/hanse ./cmd/hanse

## run: the server on a folder of its own
run: build
	bin/hanse serve

## demo: the filled portal
demo: build
	bin/hanse demo

## check: format, vet, staticcheck, generated files fresh, structure
check: format vet staticcheck generated structure

format:
	@out=$$(find cmd internal programs locales test tools -name '*.go' ! -name '*_templ.go' -exec gofmt -l {} +); \
	if [ -n "$$out" ]; then echo "run gofmt -w on:"; echo "$$out"; exit 1; fi

vet:
	$(GO) vet ./...
	$(GO) vet -tags bench ./test/bench ./internal/domain/roster
	cd test/sdk && $(GO) vet ./...

staticcheck:
	$(GO) tool staticcheck ./...

# Fresh means that generating again changes nothing, whether it is committed yet or not.
generated:
	@tools/fresh.sh
	$(GO) test ./internal/domain/program -run 'Schema' -count=1

structure:
	$(GO) test ./internal/structure -count=1

## generate: write the generated files
generate:
	$(GO) tool templ generate -path internal/edge/portal
	$(GO) test ./internal/domain/program -run Schema -update

need:
	@tools/need.sh postgresql chromium fonts-noto-cjk poppler-utils zbar-tools dovecot-imapd nodejs npm

## test: everything, with a summary that says what was skipped. test/sdk is a module of its own: the vendor's SDK
## against the built binary. Vet is a part of "make check", so it isn't run again for each package.
test: need
	@$(GO) build -o bin/testsum ./tools/testsum
	@$(GO) build -o bin/hanse-test ./cmd/hanse
	{ s=0; $(GO) test -vet=off -p $(P) -timeout 20m -json $(PACKAGES) || s=1; \
	  cd test/sdk && HANSE_BINARY=$(CURDIR)/bin/hanse-test $(GO) test -vet=off -timeout 10m -count=1 -json ./... || s=1; exit $$s; } | bin/testsum

## sdk: the vendor's SDK against the built binary alone
sdk:
	@$(GO) build -o bin/testsum ./tools/testsum
	@$(GO) build -o bin/hanse-test ./cmd/hanse
	cd test/sdk && HANSE_BINARY=$(CURDIR)/bin/hanse-test $(GO) test -timeout 10m -count=1 -json ./... | $(CURDIR)/bin/testsum

## e2e: the journeys in a real browser alone
e2e: need
	@$(GO) build -o bin/testsum ./tools/testsum
	$(GO) test -p 1 -timeout 20m -count=1 -json ./test/... ./internal/edge/portal/... | bin/testsum

## bench: figures, with the ratios that are promised; fails when a limit is missed
bench: need
	$(GO) test -tags bench -c -o bin/bench ./test/bench
	cd test/bench && ../../bin/bench -test.timeout 30m

## race: the packages with goroutines of their own, under the race detector (needs a C compiler)
race: need
	@$(GO) build -o bin/testsum ./tools/testsum
	$(GO) test -race -p $(P) -timeout 20m -count=1 -json ./internal/kit/... ./internal/app | bin/testsum

## soak: property tests at many times their usual count; a million tickets (15 GB of room)
soak: need
	HANSE_CASES=1000000 HANSE_ADVICE=20000 $(GO) test -timeout 3h -count=1 ./internal/domain/... -rapid.checks=20000
	HANSE_CASES=1000000 $(GO) test -timeout 30m -count=1 ./test/crashrecords
	HANSE_CASES=100000 $(GO) test -timeout 3h -count=1 ./test/histories
	HANSE_LOAD=full $(GO) test -timeout 3h -count=1 -v ./test/load

clean:
	rm -rf bin hanse-demo data
