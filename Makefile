# make serve: build the book and read it.   make test: all that CI runs.   The README says the same without make.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
NODE_PACKAGES := node_modules/.package-lock.json

.PHONY: serve build offline test lighthouse lint update-outputs clean

serve: .venv/book $(NODE_PACKAGES)
	$(BIN)/python -m dlnotes.book serve --port $(PORT)

build: .venv/book $(NODE_PACKAGES)
	$(BIN)/python -m dlnotes.book build

offline: build  # which packs it into site/dlnotes-offline.zip

test: lint $(NODE_PACKAGES)
	.ci/chromium
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist worksteal

# The scores of four pages, after everything else, as they suffer from other work
lighthouse:
	$(BIN)/python -m benchmarks.lighthouse --few

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

update-outputs: .venv/test
	$(BIN)/python -m pytest --update-outputs docs README.md

clean:
	rm -rf .venv node_modules site .cache build dist docs/theme/assets/figures docs/theme/assets/katex
	rm -rf .pytest_cache .ruff_cache .hypothesis *.egg-info

# What it takes to build the book, and to test it as well
.venv/book: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --constraint constraints.txt --editable '.[book]'
	touch $@

.venv/test: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --constraint constraints.txt --editable '.[test]'
	touch .venv/book $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit(f"Python 3.11 or newer is needed, $(PYTHON) is {v[0]}.{v[1]}: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv

# KaTeX and what checks the pages, by the npm that came with the environment
$(NODE_PACKAGES): package.json package-lock.json | .venv/book
	$(BIN)/npm ci
	touch $@
