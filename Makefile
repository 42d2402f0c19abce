SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
COMPILE := .venv/bin/uv pip compile -q pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-header --no-annotate --no-emit-index-url
export DO_NOT_TRACK := 1

.PHONY: run ui stop test lint bench lock

run: .venv/run.stamp  ## set up everything and run the main job
	$(BIN)/customer-intelligence run

ui: .venv/run.stamp  ## open the Dagster UI with the history of every run
	$(BIN)/customer-intelligence ui

stop: .venv/run.stamp  ## stop the embedded Postgres
	$(BIN)/customer-intelligence warehouse stop

test: lint  ## set up everything, lint, type-check and test
	$(BIN)/pytest -n auto --dist loadfile

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfluff lint dbt_project/models

bench: .venv/run.stamp  ## what it costs beside the bare engine: make bench ROWS=10000000
	$(BIN)/python -m benchmarks.pipeline --rows $(or $(ROWS),1000000)

lock: .venv/dev.stamp  ## resolve the newest versions that pyproject.toml allows
	$(COMPILE) --upgrade --extra dev -o requirements-dev.lock
	$(COMPILE) -c requirements-dev.lock -o requirements.lock

# Installs happen once per change of the lock; pip compiles the bytecode, which halves every later start.
.venv/bin/pip:
	$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.lock pyproject.toml | .venv/bin/pip
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	$(BIN)/pip install -q --require-hashes -r requirements-dev.lock
	touch $@
