# Every target sets up what it needs; nothing has to be run first.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# Processes of make test: two a core, because many tests wait. 0: everything in one.
PROCESSES ?= 4
# The suite starts a hundred processes; each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help setup demo test quick check lint types fix coverage bench map lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.runtime ## what diag needs, and nothing else: for who wants neither demo nor tests first
	@echo 'Ready. Next: source $(VENV)/bin/activate, then: diag doctor'

demo: $(VENV)/.runtime ## the whole story on the built-in sandbox, under two minutes, no credentials
	@$(BIN)/diag demo

test: $(VENV)/.dev ## every test; T=guard: those with "guard" in their file or name
	@$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile $(if $(T),-k "$(T)")

quick: $(VENV)/.dev ## the inner loop: unit and contract tests that neither wait nor compute long
	@$(BIN)/python -m pytest -n auto --dist loadfile --hypothesis-profile=quick \
	  --ignore=tests/e2e --ignore=tests/browser -m "not e2e and not browser and not slow" $(if $(T),-k "$(T)")

check: lint types test ## what CI runs: lint, types, tests

lint: $(VENV)/.dev ## ruff (rules and format) and spelling
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/codespell

fix: $(VENV)/.dev ## mend what ruff can mend, and format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(VENV)/.dev ## mypy --strict, and once more as Windows would see it
	@$(BIN)/mypy
	@$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32 diag analysis reports loadtests

coverage: $(VENV)/.dev ## which lines and branches the tests reach, processes they start included; fails below the floor
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -n $(PROCESSES) --dist loadfile $(if $(T),-k "$(T)")
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --skip-covered --sort=cover

bench: $(VENV)/.dev ## measured figures, side by side in one run
	@$(BIN)/python -m tests.bench

map: $(VENV)/.dev ## draws the map in docs/design.md anew, from the imports
	@$(BIN)/python -m tests.support.house

lock: $(VENV)/.dev ## resolve the dependencies anew (needs uv: pip install uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --group dev pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --group build -c requirements-dev.lock pyproject.toml -o requirements.lock

clean: ## remove the environment and caches, keep the runs
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "diag needs Python 3.11 or newer; none found. Fix: install it, or make PYTHON=/path/to/python3.x"; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version) (once; a minute or two) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@
