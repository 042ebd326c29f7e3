.PHONY: setup test
PYTHON ?= python3

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml
	@echo "Making .venv from requirements.lock …"
	@$(PYTHON) -m venv .venv
	@.venv/bin/pip install -q --require-hashes -r requirements.lock
	@.venv/bin/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

test: setup
	@.venv/bin/python -m pytest
