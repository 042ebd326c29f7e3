.PHONY: help setup test faults check demo bench bench-peers docs up down
.DEFAULT_GOAL := help

help:
	@echo "make demo    a whole suite on this machine and one real route, from invitation to certificate; Ctrl-C ends it"
	@echo "make test    all tests, with a PostgreSQL and a RabbitMQ of their own"
	@echo "make faults  all faults we can stage, of which make test runs a selection; many minutes"
	@echo "make check   format, lint, types and import rules"
	@echo "make bench   measurements, printed and written to .local/bench.json"
	@echo "make bench-peers  the same of what else one could take; fetches it into .local/peers"
	@echo "make docs    the pages of docs/ that are made of the code"
	@echo "make up      all services with their data kept in .local/; make down ends them"
	@echo "make setup   only .venv, from requirements.lock; the others call it themselves"

setup:
	@./deploy/setup

test: setup
	@.venv/bin/python -m pytest

faults: setup
	@.venv/bin/python -m pytest tests/faults -m ""

check: setup
	@.venv/bin/python -m ruff format --check .
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m mypy
	@.venv/bin/lint-imports

demo: setup
	@exec .venv/bin/python -m deploy.cli demo

bench: setup
	@.venv/bin/python -m bench

up: setup
	@.venv/bin/python -m deploy.cli up

down: setup
	@.venv/bin/python -m deploy.cli down

bench-peers: setup
	@.venv/bin/python -m bench.peers

docs: setup
	@.venv/bin/python -m docs.generate
