# make serve runs the service, make test passes its tests: each does its own set-up in a fresh clone.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
JOBS ?= auto

.PHONY: serve test lint bench format clean help

help: ## Show what can be made.
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

$(READY): setup.cfg pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

serve: $(READY) ## Run the service with the demo world on http://127.0.0.1:8080.
	$(BIN)/lrs-soap serve --demo

test: $(READY) ## Run all tests.
	$(BIN)/python -m pytest -n $(JOBS)

lint: $(READY) ## Check style, types and the direction of dependencies.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY) ## Measure, side by side in one run.
	$(BIN)/python -m benchmarks

format: $(READY) ## Put the code into the project's style.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove what was made.
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
