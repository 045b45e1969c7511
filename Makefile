# Needs GNU make, a POSIX shell and Python 3.11 or newer. `make help` lists what there is.
PYTHON ?= python3
PORT ?= 8000
STORE ?= .nhm-store
ARGS ?=

PY := .venv/bin/python
PIP := $(PY) -m pip --quiet --disable-pip-version-check --no-input
LOCKED := $(PIP) install --require-hashes --no-build-isolation
# Which checkout the environment was made for: a moved or copied one is set up again.
MADE_FOR := $(shell cat .venv/.made-for 2>/dev/null)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test test-all lint bench screenshots lock lock-upgrade clean

help: ## list the targets / zeigt die Ziele
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  make %-13s %s\n", $$1, $$2 }'

run: .venv/.run-stamp ## start the application [PORT=8000] [STORE=.nhm-store] / startet die Anwendung
	@exec .venv/bin/nhm-graph serve --store "$(STORE)" --port "$(PORT)"

test: .venv/.test-stamp ## the quick tests [ARGS="-k name"] / die schnellen Tests
	$(PY) -m pytest -n 2 --dist worksteal -m "not slow and not real" $(ARGS)

test-all: .venv/.all-stamp ## every test, with browser, engines and Java / alle Tests
	$(PY) tests/real/preflight.py
	$(PY) -m pytest $(ARGS)

lint: .venv/.test-stamp ## format, style, types, imports, spelling / Format, Stil, Typen, Importe, Rechtschreibung
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	.venv/bin/codespell

bench: .venv/.bench-stamp ## the measurements [ARGS=…] / die Messungen
	$(PY) bench/run.py $(ARGS)

screenshots: .venv/.all-stamp ## the pictures in docs/images, with Chromium / die Bilder in docs/images, mit Chromium
	$(PY) docs/screenshots.py

# Later locks are held to the earlier ones, so that a package has the same version in all of them.
UV = $(if $(wildcard .venv/bin/uv),.venv/bin/uv,uv)
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(LOCKARGS)

lock: ## write requirements/ anew, keeping the versions that still fit / schreibt die Lockdateien
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: $(PY) -m pip install uv"; exit 1; }
	$(COMPILE) --group build -o requirements/build.txt
	$(COMPILE) pyproject.toml --group run -c requirements/build.txt -o requirements/run.txt
	$(COMPILE) pyproject.toml --group test -c requirements/run.txt -o requirements/test.txt
	$(COMPILE) pyproject.toml --group all -c requirements/test.txt -o requirements/all.txt
	$(COMPILE) pyproject.toml --group bench -c requirements/all.txt -o requirements/bench.txt
	@! grep -n '://' requirements/*.txt || { echo "a lock file names a host"; exit 1; }

lock-upgrade: ## the same with the newest versions allowed / dasselbe mit den neuesten Versionen
	@$(MAKE) --no-print-directory lock LOCKARGS=--upgrade

clean: ## remove caches and builds; .venv and the store stay / löscht Zwischendateien
	rm -rf build dist frontend/node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The environment. A stamp is written last, so an interrupted installation leaves none. What pip was
# writing then lacks the file INSTALLER, what it was replacing is named ~…: both would be in its way.
# Every lock contains run.txt at the same versions (tests/test_locks.py), hence the second stamp.
SOURCES := pyproject.toml hatch_build.py $(shell find frontend -path frontend/node_modules -prune -o -type f -print)
.venv/.run-stamp: requirements/run.txt requirements/build.txt $(SOURCES) .venv/.made-for
	$(call install,run)

.venv/.test-stamp .venv/.all-stamp .venv/.bench-stamp: .venv/.%-stamp: requirements/%.txt requirements/build.txt $(SOURCES) .venv/.made-for
	$(call install,$*)

define install
@echo "Installing requirements/$(1).txt, this may take a minute / wird installiert, das kann eine Minute dauern"
@find .venv/lib -maxdepth 3 \( -name '~*' -o -name '*.dist-info' ! -exec test -e '{}/INSTALLER' ';' \) \
  -prune -exec rm -rf '{}' +
@$(LOCKED) -r requirements/build.txt
@$(LOCKED) -r requirements/$(1).txt
@$(PIP) install --no-deps --no-build-isolation -e .
@touch .venv/.$(1)-stamp .venv/.run-stamp
endef

ifneq ($(MADE_FOR),$(CURDIR))
.PHONY: .venv/.made-for
endif
.venv/.made-for:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "No $(PYTHON) here. Please install Python 3.11 or newer." >&2; \
	  echo "$(PYTHON) fehlt. Bitte Python 3.11 oder neuer installieren." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$$($(PYTHON) --version) is too old: 3.11 or newer is needed. Another one: make run PYTHON=python3.12" >&2; \
	  echo "$$($(PYTHON) --version) ist zu alt: nötig ist 3.11 oder neuer. Ein anderes: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) lacks the module venv. On Debian and Ubuntu: sudo apt install python3-venv" >&2; \
	  echo "$(PYTHON) fehlt das Modul venv. Unter Debian und Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	@rm -f .venv/.*-stamp
	@{ [ ! -e $@ ] && $(PY) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; } || \
	  $(PYTHON) -m venv --clear .venv
	@printf '%s\n' "$(CURDIR)" > $@
