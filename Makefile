# Works with Python 3.11, git and make alone; the network is needed for the package index only.
#   make run    the wiki with illustrative content, on http://127.0.0.1:8000
#   make test   everything that can be tested here; names what it skips
#   make check  style, types, import floors
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check browser clean

run: $(VENV)/ready-run
	$(BIN)/kmwiki demo --port $(PORT)

test: $(VENV)/ready-test
	$(BIN)/python -m pytest -n 2 $(ARGS)

check: $(VENV)/ready-test
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

# The browser tests alone, which need Chromium.
browser: $(VENV)/ready-test
	KMWIKI_REQUIRE_BROWSER=1 $(BIN)/python -m pytest -m browser $(ARGS)

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("kmwiki needs Python 3.11 or newer; name it: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/ready-run: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[office]'
	touch $@

$(VENV)/ready-test: setup.cfg pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,postgresql,browser,office]'
	touch $@ $(VENV)/ready-run

# The script of the forms, built from static/src; needs Node. The built file is committed.
.PHONY: scripts
scripts: static/src/node_modules/.package-lock.json
	npm --prefix static/src run --silent build

static/src/node_modules/.package-lock.json: static/src/package-lock.json
	npm --prefix static/src ci --silent --no-audit --no-fund

# The words of the interface are gathered anew from code and templates; what is new stands untranslated in fr.po.
.PHONY: messages
messages: $(VENV)/ready-test
	$(BIN)/pybabel --quiet extract --mapping=kmwiki/locales/babel.cfg --no-default-keywords \
		--keyword='_ gettext ngettext:1,2' --sort-by-file --add-location=file --no-wrap --output=$(VENV)/messages.pot .
	$(BIN)/pybabel --quiet update --locale=fr --input-file=$(VENV)/messages.pot --output-file=kmwiki/locales/fr.po \
		--no-fuzzy-matching --ignore-obsolete --no-wrap
	sed -E '/^"(Project-Id|Report-Msgid|POT-Creation|PO-Revision|Last-Translator|Generated-By)/d' kmwiki/locales/fr.po >$(VENV)/fr.po
	cp $(VENV)/fr.po kmwiki/locales/fr.po
