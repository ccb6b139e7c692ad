# make serve runs the service, make test passes its tests: each does its own set-up in a fresh clone.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= auto

.PHONY: serve test test-all fuzz history pressure lint audit bench bench-large format clean help

help: ## Show what can be made.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(READY): setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

serve: $(READY) ## Run the service with the demo world on http://127.0.0.1:8080.
	$(BIN)/lrs-soap serve --demo

# Tests make thousands of small databases, and each write is synced: where there is room in memory, no disk has to do it.
IN_MEMORY := /dev/shm
ROOMY := $(shell [ "$$(df --output=avail $(IN_MEMORY) 2>/dev/null | tail -n 1)" -gt 4000000 ] 2>/dev/null && echo yes)
ifeq ($(TMPDIR)$(ROOMY),yes)
test: export TMPDIR := $(IN_MEMORY)
endif

test: $(READY) ## Run all tests.
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

test-all: test ## Run all tests, on every other supported Python that is installed too.
	@for version in 3.12 3.13; do \
	    if python$$version -c '' 2>/dev/null; then \
	        echo "Python $$version:"; \
	        $(MAKE) --no-print-directory test PYTHON=python$$version VENV=.venv-$$version || exit 1; \
	    else \
	        echo "Python $$version is not installed: not tested on it."; \
	    fi; \
	done

fuzz: $(READY) ## Send 100,000 requests nobody would think of; SEED=… sends the same again, EXECUTIONS=… more or fewer.
	$(BIN)/python -m tests.fuzz $(if $(SEED),--seed $(SEED)) $(if $(EXECUTIONS),--executions $(EXECUTIONS))

history: $(READY) ## Let 8 clients do 100,000 things while processes are killed, and check what they saw; SEED=… repeats its plan.
	@for database in sqlite postgresql; do \
	    $(BIN)/python -m tests.history $(if $(SEED),--seed $(SEED)) $(if $(OPERATIONS),--operations $(OPERATIONS)) $$database \
	        || exit 1; \
	done

pressure: $(READY) ## Put the service under pressure: 500 slow clients, 2,000 connections, PostgreSQL stopped for ten seconds.
	$(BIN)/python -m tests.pressure

lint: $(READY) audit ## Check style, types, the direction of dependencies, and those for known vulnerabilities.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

audit: $(READY) ## Look the installed packages up among those with known vulnerabilities, where the network allows.
	$(BIN)/python -m tests.audit

bench: $(READY) ## Measure, side by side in one run, and write docs/benchmarks; PARTS=…, SIZES=… and KEEP=… choose.
	$(BIN)/python -m benchmarks $(PARTS) --report docs/benchmarks $(if $(SIZES),--sizes $(SIZES)) $(if $(KEEP),--keep $(KEEP))

bench-large: ## Measure what depends on the size of the register, up to 10 million learners, kept in KEEP=….
	$(MAKE) --no-print-directory bench PARTS="$(or $(PARTS),loading searching operations)" \
	    SIZES="$(or $(SIZES),100000 1000000 10000000)" KEEP="$(or $(KEEP),bench-registers)"

format: $(READY) ## Put the code into the project's style.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove what was made.
	rm -rf $(VENV) .venv-3.12 .venv-3.13 build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
