# `make` alone lists what there is. PYTHON chooses the interpreter, CMAKE_ARGS reaches the build of llama.cpp.
PYTHON ?= python3
export PYTHON
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help demo test check check-offline test-long fuzz crash-test evaluate ablation benchmarks sample-docs pictures clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-14s %s\n", $$1, $$2 }'

demo: ## install everything, index sample_docs/ and answer questions about it
	@scripts/system-packages demo
	@scripts/install run
	@scripts/demo

test: ## install what the tests need, then `make check`
	@scripts/system-packages test
	@scripts/install dev
	@$(MAKE) --no-print-directory check

check: ## lint, types, import contracts and tests; needs no network
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p assistant -p ingest -p tests
	$(BIN)/mypy scripts/*.py
	$(BIN)/lint-imports
	$(BIN)/pytest -m "not long"

check-offline: ## `make check` in a network namespace without a route (Linux)
	@unshare -rn true 2>/dev/null || { echo "error: this machine does not allow network namespaces; nothing was checked" >&2; exit 1; }
	unshare -rn $(BIN)/python scripts/offline.py $(MAKE) --no-print-directory check

test-long: ## the tests that take minutes
	@scripts/install dev
	$(BIN)/pytest -m long

fuzz: ## read randomly damaged files of every format, FUZZ_EXAMPLES of each (default 500)
	@scripts/install dev
	FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),500) $(BIN)/pytest -q tests/fuzz

crash-test: ## kill parts of the program at random moments; CRASH_OPTIONS="--documents 300 --kills 200"
	@scripts/install dev
	$(BIN)/python -m tests.crash $(CRASH_OPTIONS)

evaluate: ## measure answers on sample_docs/, or on the sets below EVAL_DATA=DIR
	@scripts/install run
	$(BIN)/python -m tests.quality.evaluate $(if $(EVAL_DATA),--data "$(EVAL_DATA)") $(EVAL_OPTIONS)

ablation: ## what each part of retrieval is there for, on sample_docs/ or EVAL_DATA=DIR
	@scripts/install run
	$(BIN)/python -m tests.quality.ablation $(if $(EVAL_DATA),--data "$(EVAL_DATA)") $(EVAL_OPTIONS)

benchmarks: ## measure every figure that has an aim, on a machine that does nothing else
	@scripts/install dev
	$(BIN)/python -m tests.benchmarks

sample-docs: ## write the made part of sample_docs/ anew
	$(BIN)/python -m tests.make_sample_docs

pictures: ## draw the pictures of the README from the program, over the library of `make demo`
	$(BIN)/python scripts/pictures.py .demo docs

clean: ## remove what was made here, except .wheels/ (the built llama.cpp)
	rm -rf .venv .demo .models dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find assistant ingest tests -name __pycache__ -type d -prune -exec rm -rf {} +
