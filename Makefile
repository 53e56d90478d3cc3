# The commands of this project; `make help` lists them.
.DEFAULT_GOAL := build
.PHONY: help setup run build test asan tsan soak fuzz check bench install clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## install what is missing (apt)
	@scripts/setup

build: setup ## the program: build/release/bin/errand
	@scripts/build release

run: build ## errand up with demo handlers and real work
	@examples/demo/run

test: setup ## every test, the sanitizers, the fuzz targets; ends with a summary
	@scripts/test release asan tsan fuzz

asan: setup ## tests under the address and undefined-behaviour sanitizers
	@scripts/test asan

tsan: setup ## tests under the thread sanitizer
	@scripts/test tsan

soak: setup ## simulated lives of fresh seeds for SECONDS (600)
	@ERRAND_WERROR=ON scripts/build release errand-sim
	@build/release/bin/errand-sim --seconds $(or $(SECONDS),600)

fuzz: setup ## fuzz targets, each for SECONDS (30)
	@fuzz/run $(or $(SECONDS),30)

check: ## the quick gate before a change: format, lint, layers, unit tests
	@scripts/setup check
	@scripts/check

bench: build ## measure, other job systems too unless PEERS=0
	@bench/run

PREFIX ?= /usr/local
install: build ## program and library to PREFIX (/usr/local)
	@cmake --install build/release --prefix $(PREFIX)

clean: ## remove the build folder
	@rm -rf build
