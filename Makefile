# Two commands matter: `make demo` and `make test`. The rest is for people who change the code.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ARGS ?=
.PHONY: help demo test slow lint types bench lock clean

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(BIN)/python:
	@echo "1/3 making $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python requirements.lock pyproject.toml
	@echo "2/3 installing what the service host runs on (pinned, hashes checked) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@echo "3/3 installing the service host ..."
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@echo "installing the tools of the tests ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(VENV)/.installed  ## run a host with 25 simulated adapters; ARGS="--for 60" ends by itself
	@$(BIN)/servicehost demo $(ARGS)

test: $(VENV)/.installed-dev  ## run the tests (not the slow lane)
	@$(BIN)/python -m pytest -m "not slow" -n auto --dist loadfile $(ARGS)

slow: $(VENV)/.installed-dev  ## run the slow lane
	@$(BIN)/python -m pytest -m slow -n auto --dist load $(ARGS)

lint: $(VENV)/.installed-dev  ## ruff: style and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev  ## mypy --strict on sources and tests
	@$(BIN)/mypy

bench: $(VENV)/.installed-dev  ## print the table of figures and write build/bench.json; FULL=1 for the long one
	@$(BIN)/python -m tests.bench $(ARGS)

lock:  ## pin every dependency with its hashes (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --extra build -o requirements.lock pyproject.toml
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --extra build --extra dev -o requirements-dev.lock pyproject.toml

clean:  ## remove what was built
	rm -rf $(VENV) build .mypy_cache .ruff_cache .hypothesis
