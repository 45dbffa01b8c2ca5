# Two commands do all the set-up: `make demo` runs the main job, `make test` passes the tests.
# Everything is installed into .venv; versions are pinned in constraints.txt.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := PIP_CONSTRAINT=constraints.txt $(BIN)/pip install --quiet --disable-pip-version-check
export PYTHONUTF8 := 1

.PHONY: demo test test-slow check lint types format wheel clean

# Shows a command, then runs it as a user would.
say = printf '\n$$ %s\n' "$(1)" && PATH="$(abspath $(BIN)):$$PATH" $(1)

demo: $(VENV)/.dev
	@$(call say,kg load facts/mnd-2026-01-12-sheinbaum-trump.yaml)
	@$(call say,kg sources)
	@$(call say,kg query 'SELECT ?said ?who { ?act a dip:Offer ; rdfs:label ?said ; dip:agent/rdfs:label ?who } ORDER BY ?said')

test: $(VENV)/.dev tests/npm/node_modules
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

test-slow: $(VENV)/.dev tests/npm/node_modules
	$(BIN)/python -m pytest -n 2 --dist worksteal -m slow

check: lint types test

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: $(VENV)/.dev
	$(BIN)/python -m build --wheel --no-isolation

clean:
	rm -rf $(VENV) .kg out dist tests/npm/node_modules

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 test"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "on Debian: apt install python3-venv, then again"; exit 1; }

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	@echo "installing into $(VENV) ..."
	@$(PIP) -e '.[dev]'
	@touch $@

# The readers of other programs, for the export tests; without Node those tests say so and skip.
tests/npm/node_modules: $(wildcard tests/npm/package-lock.json)
	@if command -v npm >/dev/null && [ -n "$<" ]; then npm --prefix tests/npm ci --silent --no-audit --no-fund; fi
	@mkdir -p $@ && touch $@
