# Martlet: every task of a developer or a visitor. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .build/debug

##@ General
.PHONY: help
help: ## Lists the targets.
	@awk 'BEGIN {FS = ":.*##"} /^##@/ {printf "\n\033[1m%s\033[0m\n", substr($$0, 5)} \
	  /^[a-zA-Z0-9_-]+:.*##/ {printf "  \033[36m%-16s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ See it
.PHONY: demo demo-stop
demo: setup build ## Runs the whole chain on this machine; KEEP=1 leaves it running.
	@KEEP=$(KEEP) hack/demo

demo-stop: ## Ends what `make demo KEEP=1` left running.
	@hack/demo stop

##@ Build
.PHONY: setup build release crds fmt
setup: ## Installs Debian packages and the Python environment, where they are missing.
	@hack/setup

build: ## Builds everything, debug.
	@hack/setup build
	swift build

release: ## Builds the three programs as they ship: release, static Swift runtime, stripped.
	@hack/setup build
	swift build -c release --static-swift-stdlib -Xlinker -s --product martlet
	swift build -c release --static-swift-stdlib -Xlinker -s --product kubectl-martlet
	swift build -c release --static-swift-stdlib -Xlinker -s --product martlet-local

crds: ## Writes crds/ anew from Sources/CRDTypes, and the chart's copies of them.
	swift run crdgen crds
	hack/sync-chart

fmt: ## Formats the Swift sources.
	swift format --in-place --recursive --parallel Sources Tests Package.swift

##@ Check
.PHONY: test unit tsan e2e verify
test: setup build ## All tests: unit, property and end to end, on real PostgreSQL, MLflow, nginx and HAProxy.
	@hack/test

unit: ## The tests of the modules alone; FILTER=regex narrows them.
	swift test $(if $(FILTER),--filter $(FILTER))

tsan: ## The tests of the concurrent modules under ThreadSanitizer, in a build folder of their own.
	swift test --sanitize=thread --scratch-path .build-tsan \
	  --filter "TransportTests|PostgresTests|KubernetesAPITests|ControllerKitTests|ObservabilityTests"

e2e: build ## The end-to-end tests on the cluster that KUBECONFIG=path names, or on a local one.
	@hack/e2e $(KUBECONFIG)

verify: ## Generated files are current, imports point down, the chart and the manifests render.
	@hack/verify

##@ Measure
.PHONY: bench bench-search
bench: setup ## Benchmarks beside named peers; MARTLET_BENCH_LONG=1 runs them at full size, ONLY="transport best" some.
	@hack/setup build
	swift build -c release --static-swift-stdlib --package-path Benchmarks
	swift build -c release --static-swift-stdlib --package-path Benchmarks --product martlet
	swift build -c release --static-swift-stdlib --package-path Benchmarks --product martlet-local
	@hack/bench $(ONLY)

bench-search: ## The search beside Optuna 5.0; MARTLET_BENCH_SEEDS=20 for a shorter run, ONLY="auto tpe gp" some pairs.
	@hack/setup build
	swift build -c release --package-path Benchmarks --product bench-search-quality
	swift build -c release --package-path Benchmarks --product bench-search
	@hack/bench-search $(ONLY)
