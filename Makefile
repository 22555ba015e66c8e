# lensan: `make` lists what there is.
.PHONY: help build test check bench fmt

help:
	@echo "make build   build ./lensan"
	@echo "make test    all checks and tests, with servers of their own (sh .ci/test)"
	@echo "make check   gofmt, vet, staticcheck"
	@echo "make bench   Go benchmarks"

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
