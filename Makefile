# The two commands: `make run` and `make test`. Each sets up what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
COLLECTION ?= collection

.PHONY: run test lint format install docs peers clean

# Crawl the bundled example newsroom, offline; or your own: make run SOURCES=my.toml
run: $(VENV)/.installed
ifdef SOURCES
	$(BIN)/dateline crawl --sources $(SOURCES) --collection $(COLLECTION)
else
	$(BIN)/dateline demo --collection $(COLLECTION)
endif

test: $(VENV)/.installed-dev lint peers
	$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

install: $(VENV)/.installed-dev

# Other people's tools that the tests judge by; a test says what it misses.
peers:
	PYTHON=$(PYTHON) .ci/peers

docs: $(VENV)/.installed-dev
	$(BIN)/python -m docs.generate

clean:
	rm -rf $(VENV) .peers .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Dateline needs Python 3.11 or newer: make PYTHON=python3.12 run" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	# Dependency groups came with pip 25.1.
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.installed-dev: pyproject.toml $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group dev
	touch $@
