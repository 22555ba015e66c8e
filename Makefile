# lensan: `make` lists what there is.
.PHONY: help build test check bench fmt soak

help:
	@echo "make build   build ./lensan"
	@echo "make test    all checks and tests, with servers of their own (sh .ci/test)"
	@echo "make check   gofmt, vet, staticcheck"
	@echo "make bench   Go benchmarks"
	@echo "make soak    every fault and crash point, then a long storm of faults, kills and edits; SOAK_TIME=10m, figures to docs/reliability.md"

build:
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$$(git describe --tags --always --dirty 2>/dev/null || echo dev)" -o lensan ./cmd/lensan

test:
	@sh .ci/test

check:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go vet ./...
	go tool staticcheck ./...

bench:
	go test -run '^$$' -bench . -benchmem ./...

SOAK_TIME ?= 10m
soak:
	sh .ci/faults docs/reliability-faults.md
	go run ./.ci/soak -time $(SOAK_TIME) -report docs/reliability.md
	go run ./.ci/soak -size embedded -time $(SOAK_TIME) -report docs/reliability.md
