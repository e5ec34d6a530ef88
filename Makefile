# The doors of the house. On a fresh machine `make demo` and `make test` install what they need; a second run finds
# it there and installs nothing.

VENV   := .venv
PY     := $(VENV)/bin/python
MINUTES ?= 30
APP ?=
NEEDS  := pyproject.toml constraints.txt
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help demo dev test check bench soak fuzz clean check-lint check-format check-types check-api check-rooms check-house check-table

help: ## say what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name what; do printf 'make %-7s %s\n' "$$name" "$$what"; done

demo: $(VENV)/.has-demo ## four applications on http://127.0.0.1:8765, once in the terminal with ARGS=--once; APP=images: one
	@$(PY) -m examples$(APP:%=.%) $(ARGS)

dev: $(VENV)/.has-demo ## the same, started again whenever a file changes
	@$(PY) scripts/restart.py $(PY) -m examples$(APP:%=.%) $(ARGS)

test: needs-browser+postgres+node check ## every check and every test, as CI runs them
	@$(PY) scripts/suite.py $(ARGS)

check: $(VENV)/.has-dev ## what needs no test run: lint, format, types, arrows between rooms, house rules
	@$(MAKE) --no-print-directory --keep-going --jobs=2 --output-sync=target \
		check-types check-api check-lint check-format check-rooms check-house check-table

bench: needs-bench+postgres $(VENV)/.has-dev ## every figure beside its floor and its peer, in one run
	@$(PY) -m bench $(ARGS)

soak: needs-postgres $(VENV)/.has-dev ## every campaign in full, then the tests over and over with other examples, for MINUTES=30
	@scripts/soak.sh $(MINUTES) $(ARGS)

fuzz: $(VENV)/.has-dev ## look much longer for a counterexample than the tests do
	@$(PY) -m pytest -n auto -m hypothesis -p tests.house.fuzzing --hypothesis-profile=fuzz --timeout=0 $(ARGS)

clean: ## remove caches, builds and what the demo stored; .venv stays
	rm -rf build dist htmlcov var .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .schemathesis
	find src tests examples bench scripts -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.has-%: $(NEEDS)
	@scripts/install.sh $*
	@touch $@

needs-%: # all that the system lacks, in one command
	@scripts/system-packages.sh python $(subst +, ,$*)

check-lint:
	@$(PY) -m ruff check --quiet . && echo "lint      fine"

check-format:
	@$(PY) -m ruff format --quiet --check . && echo "format    fine"

check-types:
	@$(PY) -m mypy --no-error-summary $(wildcard src tests examples bench scripts) && echo "types     fine"

check-api:
	@$(PY) -m pyright && echo "api       fine"

check-rooms:
	@$(VENV)/bin/lint-imports --no-logo && echo "rooms     fine"

check-house:
	@$(PY) -m tests.house.rules && echo "house     fine"

check-table:
	@$(PY) -m headway.core.spec --check && echo "table     fine"
