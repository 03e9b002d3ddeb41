# `make demo` and `make test` are the whole set-up; both work on a fresh machine.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
DEMO := demo
CUSTOMERS ?= 2000

.PHONY: demo test check install clean help

help:
	@echo "make demo     install, build the demo shop, run everything, print where the report is"
	@echo "make test     install, run every check and every test"
	@echo "make clean    remove what these two made"

install: $(READY)

# The stamp is written last, so that an interrupted installation starts again. What builds the package
# is held to the same versions as the package: pip reads the second variable for that, older pips the first.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "shopkeeper needs Python 3.11 or newer; found: $$($(PYTHON) --version 2>&1)."; \
	  echo "Name one that you have: make $(MAKECMDGOALS) PYTHON=python3.12"; \
	  echo "shopkeeper 需要 Python 3.11 或更新的版本；请用 PYTHON=… 指定。"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "Cannot make $(VENV): install Python's venv module (Debian: apt-get install python3-venv)."; \
	  echo "无法建立 $(VENV)：请安装 Python 的 venv 模块。"; exit 1; }
	PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $(READY)

demo: $(READY)
	rm -rf $(DEMO)
	$(BIN)/shopkeeper demo $(DEMO) --customers $(CUSTOMERS)
	$(BIN)/shopkeeper import $(DEMO)/exports --shop $(DEMO)/shop
	$(BIN)/shopkeeper check $(DEMO)/shop
	$(BIN)/shopkeeper run $(DEMO)/shop
	@$(BIN)/shopkeeper report $(DEMO)/shop --output $(DEMO)/report.html
	@echo "The report is at $(CURDIR)/$(DEMO)/report.html"
	@echo "报告在 $(CURDIR)/$(DEMO)/report.html"
	@echo "The dashboard: $(BIN)/shopkeeper serve $(DEMO)/shop"
	@echo "网页看板：$(BIN)/shopkeeper serve $(DEMO)/shop"

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check
	HYPOTHESIS_PROFILE=ci $(BIN)/pytest -n 2 --dist loadgroup -m "not network"

clean:
	rm -rf $(VENV) $(DEMO) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
