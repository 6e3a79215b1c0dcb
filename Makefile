# Two commands are all that a newcomer needs: `make demo` and `make test`. Both install what is missing.

.PHONY: demo run test test-release format lint alerts setup release

# The demo's port: `make demo PORT=9090`.
PORT ?= 8080

## Builds, starts sandbox vendors and the gateway, buys one order from each vendor and shows them.
demo: setup
	rm -rf .build/demo
	swift run purser demo --port $(PORT) --directory .build/demo

## The same, and goes on serving until Ctrl-C wherever it runs.
run: setup
	rm -rf .build/demo
	swift run purser demo --port $(PORT) --directory .build/demo --stay

## Builds and runs every test, one at a time: many of them watch the clock of a server.
test: setup
	scripts/run-tests

## Buys through the optimised binary: an optimizer's mistake is no test's in a debug build.
test-release: release
	PURSER_BINARY="$(CURDIR)/.build/release/purser" \
	    scripts/run-tests --filter GatewayTests --skip CrashTests

## The optimised binary, in .build/release/purser.
release: setup
	swift build -c release --product purser

## Puts the sources in the project's format.
format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests

## Says where the sources are not in the project's format.
lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

## Tests the alert rules with Prometheus' promtool, where that can be had.
alerts:
	scripts/check-alerts

setup:
	@scripts/install-sqlite
