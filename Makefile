# `make run` and `make test` need nothing but Rust: they bring the rest.
.DEFAULT_GOAL := help
.PHONY: help setup build run test test-strict test-crash check bench screenshots

help: ## what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## install what building and testing needs
	.ci/setup test

build: ## build the window and the command line (debug)
	.ci/setup run
	npm --prefix ui run build
	cargo build --locked

run: build ## build and open the window; without a display, upload a sample and print its link
	.ci/start

test: ## everything: checks, unit, contract, command line, browser, and the real window
	.ci/test

test-strict: ## the contract suite on Ceph radosgw and OpenStack Swift too
	.ci/test --strict

test-crash: ## transfers killed 100 times (1 GiB, 2,000 files), 10,000 objects through every fault, damaged checkpoints
	HOIST_FUZZ=20 cargo test --workspace --locked --lib transfer::tests::damage
	HOIST_CRASH_KILLS=25 HOIST_CRASH_MIB=1024 HOIST_CRASH_FILES=2000 cargo test --workspace --locked --test crash -- --nocapture
	HOIST_FAULTS_OBJECTS=10000 cargo test --workspace --locked --test faults -- --nocapture

check: ## formatting, clippy, biome, svelte-check, licences and sources of every crate
	.ci/check

bench: ## side by side with PicGo, a bare window, and other clients of S3; writes docs/BENCHMARKS.md
	.ci/setup test
	python3 bench/run.py
	python3 bench/transfers.py --write

screenshots: ## take the README's pictures from the real window
	node tests/e2e/run.mjs
	convert tests/e2e/artifacts/20-main-light.png -crop 900x640+0+0 +repage -strip docs/images/main-light.png
	convert tests/e2e/artifacts/22-main-dark.png -crop 900x640+0+0 +repage -strip docs/images/main-dark.png
	convert tests/e2e/artifacts/42-transform.png -crop 900x640+0+0 +repage -strip docs/images/transform.png
	for name in manager manager-models; do for theme in light dark; do \
	  convert tests/e2e/artifacts/8?-$$name-$$theme.png -crop 1200x780+0+0 +repage -strip docs/images/$$name-$$theme.png; \
	done; done
