SHELL := /bin/bash
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$python && break; done)
BIN := .venv/bin
COMPILE := .venv/bin/uv pip compile -q pyproject.toml --universal --python-version 3.11 \
	--generate-hashes --no-strip-extras --no-header --no-annotate --no-emit-index-url
# One more than there are cores: whole runs wait for servers and locks.
WORKERS = $(shell $(PYTHON) -c 'import os; print(1 + os.cpu_count())')
export DO_NOT_TRACK := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run ui stop test lint lint-sql docs bench bench-attribution bench-campaigns bench-identity bench-laws bench-experiments bench-models evaluate lock

run: .venv/run.stamp  ## set up everything and run the main job
	@$(BIN)/customer-intelligence run

ui: .venv/run.stamp  ## open the Dagster UI with the history of every run
	@$(BIN)/customer-intelligence ui

stop: .venv/run.stamp  ## stop the embedded Postgres
	@$(BIN)/customer-intelligence warehouse stop

test: lint  ## set up everything, lint, type-check and test
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: .venv/dev.stamp lint-sql
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# dbt compiles the models for an empty DuckDB in memory, apart from everything that a run leaves behind.
lint-sql: export DBT_DUCKDB_PATH := :memory:
lint-sql: export DBT_TARGET_PATH := $(CURDIR)/.venv/lint
lint-sql: export DBT_LOG_PATH := $(CURDIR)/.venv/lint
lint-sql: .venv/dev.stamp
	$(BIN)/sqlfluff lint --processes 0 --disable-progress-bar dbt_project/models dbt_project/tests

docs: .venv/run.stamp  ## write the guide to the marts anew from the models' YAML
	@$(BIN)/python -m orchestration.marts_guide

bench: .venv/run.stamp  ## what it costs beside the bare engine: make bench ROWS=10000000
	@$(BIN)/python -m benchmarks.pipeline --rows $(or $(ROWS),1000000)

bench-attribution: .venv/run.stamp  ## all attribution models beside bare SQL, or of a file of paths: make bench-attribution PATHS=file.csv
	@$(BIN)/python -m benchmarks.attribution --touches $(or $(TOUCHES),1000000) $(if $(PATHS),--paths $(PATHS))

bench-identity: .venv/run.stamp  ## how well records of one person or company are found: make bench-identity FILES="a.csv b.csv"
	@$(BIN)/python -m benchmarks.identity --records $(or $(RECORDS),100000) $(if $(FILES),--files $(FILES))

bench-campaigns: .venv/run.stamp  ## campaign marts beside bare SQL: make bench-campaigns EVENTS=1000000
	@$(BIN)/python -m benchmarks.campaigns --events $(or $(EVENTS),1000000)

bench-laws: .venv/dev.stamp  ## the laws of loading over generated deliveries: make bench-laws CASES=10000
	@$(BIN)/python -m benchmarks.laws --cases $(or $(CASES),10000)

bench-experiments: .venv/run.stamp  ## whether A/B tests keep their promises under daily peeking: make bench-experiments TESTS=2000
	@$(BIN)/python -m benchmarks.experiments --tests $(or $(TESTS),2000)

bench-models: .venv/run.stamp  ## what training and scoring all models costs: make bench-models CUSTOMERS=200000
	@$(BIN)/python -m benchmarks.scoring --customers $(or $(CUSTOMERS),200000)

evaluate: .venv/run.stamp  ## how good the models are on real data: make evaluate DATA=../shared MODELS="clv churn"
	@$(BIN)/python -m benchmarks.evaluate $(MODELS) --data $(or $(DATA),../shared) --out $(or $(OUT),evaluation)

lock: .venv/dev.stamp  ## resolve the newest versions that pyproject.toml allows
	$(COMPILE) --upgrade --all-extras -o requirements-dev.lock
	$(COMPILE) -c requirements-dev.lock -o requirements.lock

# Installs happen once per change of the lock; pip compiles the bytecode, which halves every later start.
.venv/bin/pip:
	$(if $(PYTHON),,$(error Python 3.11, 3.12 or 3.13 is needed: install one, or name it: make PYTHON=/path/to/python3.11))
	@$(PYTHON) -m venv .venv

.venv/run.stamp: requirements.lock pyproject.toml | .venv/bin/pip
	@echo "Installing what requirements.lock lists into .venv; this happens once and takes a minute or two."
	@$(BIN)/pip install -q --require-hashes -r requirements.lock
	@$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	@echo "Installing the tools for development into .venv."
	@$(BIN)/pip install -q --require-hashes -r requirements-dev.lock
	@touch $@
