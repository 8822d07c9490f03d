# `make TASK` is `python dev.py TASK`, with the newest suitable Python that is found; what a task does stands there.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3.14 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# make test T=guard: tests with "guard" in their file or name. PROCESSES=0: in one process.
T ?=
PROCESSES ?= 8
TASKS := setup demo test quick thorough check lint types fix coverage bench draw lock clean

.DEFAULT_GOAL := help
.PHONY: help $(TASKS)

help: need-python
	@$(PYTHON) dev.py --help

$(TASKS): need-python
	@$(PYTHON) dev.py $@ $(if $(T),-k "$(T)") --processes $(PROCESSES)

.PHONY: need-python
need-python:
	@test -n "$(PYTHON)" || { echo "diag needs Python 3.11 or newer; none found. Fix: install it, or make PYTHON=/path/to/python3.x"; exit 1; }
