# What a person types. Everything runs in .venv, which `make install` makes from the lock alone.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

SEED ?= 1
MINUTES ?= 10

.PHONY: help install run run-kafka check unit test faults bench lock format clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/installed ## Make the environment (.venv), and nothing else

# uv comes first, by its own hashes, because it installs the rest in seconds.
.venv/installed: requirements.lock requirements-uv.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

run: install ## Run the example house on this machine: PostgreSQL, API, projectors
	$(BIN)/carnet demo

run-kafka: install ## The same with a Kafka broker, a relay and two projectors
	$(BIN)/carnet demo --kafka

check: install ## Format, lint, layers, types
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/lint-imports
	$(BIN)/mypy

unit: install check ## The checks and the tests that open no socket
	$(BIN)/pytest -n 2 tests/unit tests/shape

test: install check ## Every check and every test
	$(BIN)/pytest -n 2 --dist worksteal

faults: install ## Kill, pause and cut off processes at work: SEED=1 MINUTES=10
	$(BIN)/python -m tests.faults --seed $(SEED) --minutes $(MINUTES)

bench: install ## Measure, beside peers; writes docs/benchmarks.md
	$(BIN)/python -m bench --write

format: install ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: ## Resolve again: hashes, and no address of any registry
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --group dev --all-extras pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header bench/quix/requirements.in -o bench/quix/requirements.lock
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > requirements-uv.lock

clean: ## Remove the environment and all data of the embedded house
	rm -rf .venv .carnet
