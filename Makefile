# Antiphon. `make help` lists what there is; every step is idempotent and fast the second time.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run test check bench fuzz simulate oracle schemathesis clean

ARGS ?=
SECONDS_EACH ?= 30
EXAMPLES ?= 200
SEEDS ?= 1000
FROM ?= 1

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  make run ARGS="--listen 127.0.0.1:8080 --data-dir DIR" passes options to antiphon up'

run: ## install what is missing, build, start everything and print one link
	@tools/setup run
	@tools/fetch-models >/dev/null
	@tools/build release antiphon
	@tools/build-studio --optional
	@tools/build-widget --optional
	@exec build/release/antiphon up $(ARGS)

test: ## build and run every test: release, ASan+UBSan, TSan, Python, browsers
	@tools/setup test
	@tools/run-tests release asan tsan web

check: ## formatting, the rules of STYLE.md, generated files up to date
	@tools/setup test
	@tools/run-tests check

bench: ## run the benchmarks, each with the command that repeats it
	@tools/setup test
	@tools/bench $(ARGS)

fuzz: ## fuzz every parser, SECONDS_EACH=30 seconds each, on top of its corpus
	@tools/setup test
	@tools/fuzz $(SECONDS_EACH)

simulate: ## run SEEDS=1000 simulated calls from seed FROM=1, shrink and keep those that fail
	@tools/setup test
	@tools/build release simulate
	@build/release/simulate --seeds $(SEEDS) --from $(FROM)

oracle: ## hold /auth/v1 against the real Supabase Auth server, built from its source
	@tools/setup test
	@tools/npm --prefix tests/auth ci --silent
	@tools/oracle $(ARGS)

schemathesis: ## ask each operation EXAMPLES=200 made-up questions: no 5xx, no breach of the contract
	@tools/setup test
	@tools/build release antiphon
	@cd tests/faults && ANTIPHON_EXAMPLES=$(EXAMPLES) python3 -m unittest -v contract_test

clean: ## remove what was built; models and compiler cache stay in the user's cache
	@rm -rf build
