# Two commands do all the set-up: `make demo` runs the main job, `make test` passes the tests.
# Everything is installed into .venv; versions are pinned in constraints.txt.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SEED   := facts/mnd-2026-01-12-sheinbaum-trump.yaml
PIP    := PIP_CONSTRAINT=constraints.txt $(BIN)/pip install -qq --disable-pip-version-check
export PYTHONUTF8 := 1

.PHONY: demo test test-slow check lint types format docs bench wheel clean

# Says what comes, shows the command, and runs it as a user would.
say = printf '\n\# %s\n$$ %s\n' "$(1)" '$(2)' && PATH="$(abspath $(BIN)):$$PATH" $(2)

demo: $(VENV)/.run
	@$(call say,The facts of one news article pass the gate into the store .kg.,kg load $(SEED))
	@$(call say,The same check without a store: what the shapes say about the document.,kg validate $(SEED))
	@$(call say,Who took part in the call?,kg query participants -p event=2026-01-12-sheinbaum-trump-call -f table)
	@$(call say,What did Trump say in it - and who says so?,kg query said-in -p speaker=donald-trump -f table)
	@$(call say,Who holds which position on military interventions?,kg query positions -p issue=military-interventions -f table)
	@$(call say,For Gephi with its timeline.,kg export gexf -o out/call.gexf)
	@$(call say,For Cytoscape.,kg export cx2 -o out/call.cx2)
	@$(call say,For Excel.,kg export xlsx -o out/call.xlsx)
	@$(call say,One page for any browser and offline.,kg export html -o out/call.html)
	@printf '\nOpen out/call.html in a browser, out/call.gexf in Gephi, out/call.cx2 in Cytoscape.\n'
	@printf 'Then: . .venv/bin/activate && kg query --list\n'

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

# Runs every console block of the documents and writes what it prints back into them.
docs: $(VENV)/.dev
	KG_UPDATE_DOCS=1 $(BIN)/python -m pytest -q tests/test_docs.py

bench: $(VENV)/.dev
	@$(PIP) -e ".[dev,bench]"
	$(BIN)/python -m bench

wheel: $(VENV)/.dev
	$(BIN)/python -m build --wheel --no-isolation

clean:
	rm -rf $(VENV) .kg out dist tests/npm/node_modules

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 demo"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "on Debian: apt install python3-venv, then again"; exit 1; }

$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	@echo "installing into $(VENV) ..."
	@$(PIP) -e '.[all]'
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml constraints.txt
	@echo "installing into $(VENV) ..."
	@$(PIP) -e '.[dev]'
	@touch $(VENV)/.run $@

# The readers of other programs, for the export tests; without Node those tests say so and skip.
tests/npm/node_modules: $(wildcard tests/npm/package-lock.json)
	@if command -v npm >/dev/null && [ -n "$<" ]; then npm --prefix tests/npm ci --silent --no-audit --no-fund; fi
	@mkdir -p $@ && touch $@
