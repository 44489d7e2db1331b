# Everything goes through .venv, which `make setup` builds from the lock file. `make` alone lists what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made-from-lock
PYTEST_ARGS ?=
LAB_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo lab test bench lint unit-elsewhere notebooks lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## make .venv from the lock file; as root on Debian or Ubuntu install chromium and dbus
	@.ci/system $(BIN)/python

$(STAMP): .ci/requirements.lock .ci/setup pyproject.toml
	@.ci/setup "$(PYTHON)" $(VENV) .ci/requirements.lock
	@touch $@

demo: setup  ## real notebooks in real kernels drive a real Chromium: the first clients, and a chat whose notifications are clicked
	@$(BIN)/swnb demo

lab: setup  ## open JupyterLab on the notebooks
	@$(BIN)/jupyter lab --notebook-dir=notebooks $(if $(filter 0,$(shell id -u)),--allow-root) $(LAB_ARGS)

lint: setup  ## ruff, mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint  ## all that must hold: lint, the rules, the tests, and the unit tests on other Pythons
	$(BIN)/python -m pytest tests/rules -q
	@.ci/interpreters $(BIN)/python
	$(BIN)/python -m pytest --ignore=tests/rules $(PYTEST_ARGS)

unit-elsewhere: setup  ## imports and unit tests on the other Pythons of this machine (3.11 to 3.13)
	@.ci/interpreters $(BIN)/python

bench: setup  ## the tables of the README: swnb beside the bare pipe, pyppeteer and Playwright; what hearing, views and recordings cost
	@$(BIN)/python -m tests.bench.run
	@$(BIN)/python -m tests.bench.hearing
	@$(BIN)/python -m tests.bench.seeing
	@$(BIN)/python -m tests.bench.keeping
	@$(BIN)/python -m tests.bench.replaying

notebooks: setup  ## execute the notebooks, save them with their outputs, and keep what their recordings are now
	$(BIN)/jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False --ExecutePreprocessor.store_widget_state=False \
		--ExecutePreprocessor.coalesce_streams=True notebooks/*.ipynb
	$(BIN)/swnb verify notebooks/*.ipynb --update

lock:  ## resolve the dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --group dev pyproject.toml \
		-o .ci/requirements.lock --no-header -q --upgrade
	uv pip compile --universal --python-version 3.11 --generate-hashes --group unit pyproject.toml \
		-c .ci/requirements.lock -o .ci/requirements-unit.lock --no-header -q

clean:  ## remove .venv and what the tools keep
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis dist build
