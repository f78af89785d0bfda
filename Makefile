# The daily commands. `make` alone lists them; each installs what it needs first.

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
UV := .venv/.uv-$(UV_VERSION)
INSTALLED := .venv/.installed
# A reference of the benchmark, in a place of its own: its libraries are of its time.
MENTOR_MATCH := .venv/mentor-match/.installed
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml
# Nothing here needs a clock, a network or a database to be tested, so every branch of it is.
EVERY_BRANCH := app/domain/*,app/integrations/*,app/webhooks/catalogue.py,app/webhooks/formats.py,app/webhooks/handshake.py,app/webhooks/health.py,app/webhooks/pacing.py,app/webhooks/schedule.py,app/webhooks/signing.py

export UV_PYTHON_DOWNLOADS := never
# A network that re-signs TLS has its certificate in the system's store, not in uv's own.
export UV_SYSTEM_CERTS := 1
# Without bytecode, each test process would compile every library anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run demo simulate capabilities test test-policy test-matching test-planted check fix migration contract fuzz-rest
.PHONY: bench bench-momentum bench-matching bench-matching-large bench-beside bench-webhooks bench-log image lock
.PHONY: check-lint check-format check-types check-floors check-contract check-security check-image check-lock
.PHONY: release-contract acceptance-contract acceptance-webhooks acceptance-xapi acceptance-scim acceptance-calendars chaos-webhooks

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-20s %s\n", $$1, $$2 }' Makefile

install: $(INSTALLED) ## Make .venv with exactly what requirements.lock names

run: install ## Serve the API with demonstration data, and a PostgreSQL that comes along
	@$(BIN)/flipside serve --demo-data

demo: install ## Walk through a whole programme, over the public API
	@$(BIN)/flipside demo

simulate: install ## Play a year of 500 pairs in two minutes, under a clock that moves, and check what came of it
	@$(BIN)/flipside simulate --pairs 500 --months 12 --seed 7 $(ARGS)

test: install ## Run every test, on two cores, and hold coverage to its mark
	@$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term --cov-fail-under=95 $(ARGS)
	@$(BIN)/coverage report --include='$(EVERY_BRANCH)' --fail-under=100 > .venv/every-branch || \
		{ echo "These files promise 100 % of their branches:" >&2; cat .venv/every-branch >&2; exit 1; }

capabilities: install ## Walk through what a programme needs, and print which test shows each of the seventy
	@$(BIN)/python -m tests.journeys.capabilities

test-policy: install ## Ask everyone about everything: the policy's matrix, and how many cases it has
	@$(BIN)/python -m pytest -q tests/policy $(ARGS)

test-matching: install ## Hold the matching engine to every plan of 10,000 small markets, to SciPy, and to its cases
	@MATCHING_INSTANCES=10000 $(BIN)/python -m pytest -q tests/matching $(ARGS)

test-planted: install ## Plant faults in copies of the tree, and see each caught by the test that guards against it
	@$(BIN)/python -m tests.policy.planted $(ARGS)

check: check-lint check-format check-types check-floors check-contract check-security check-image check-lock ## Lint, format, types, architecture, broken promises, security, Dockerfile, lock

check-lint: install
	@$(BIN)/ruff check .

check-format: install
	@$(BIN)/ruff format --check .

check-types: install
	@$(BIN)/mypy

check-floors: install
	@$(BIN)/lint-imports --no-logo

check-contract: install
	@$(BIN)/flipside contract check

check-security: install
	@$(BIN)/bandit --quiet --configfile pyproject.toml --severity-level medium --confidence-level medium --recursive app

check-image: install
	@$(BIN)/hadolint Dockerfile

# Without a package index in reach there is nothing to compare with; the tests still hold pyproject.toml to the lock.
check-lock: install
	@set -e; fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; cp requirements*.lock "$$fresh"; \
	if $(COMPILE) --all-extras -o "$$fresh/requirements.lock" > "$$fresh/said" 2>&1; then \
		diff requirements.lock "$$fresh/requirements.lock" || { echo "requirements.lock is behind pyproject.toml: make lock" >&2; exit 1; }; \
	elif grep -qiE 'failed to fetch|network|dns|connect|sending request' "$$fresh/said"; then \
		echo "requirements.lock was not compared: no package index in reach"; \
	else cat "$$fresh/said" >&2; exit 1; fi

fix: install ## Mend what ruff can: format, imports, simple faults
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

migration: install ## Draft a migration from the models: make migration m="add goal"
	@test -n '$(m)' || { echo 'Say what it does: make migration m="add goal"' >&2; exit 1; }
	@$(BIN)/alembic revision --autogenerate -m '$(m)'

contract: install ## Write openapi/ from the code; the diff is for review
	@$(BIN)/flipside contract

release-contract: install ## Keep the contract as it is: what is promised from this release on
	@$(BIN)/flipside contract release

acceptance-contract: install ## Lint the contract with redocly, Spectral and AsyncAPI's parser (needs Node.js), and run the examples
	@tests/acceptance/contract/run.sh

fuzz-rest: install ## Fuzz the REST door of a running service: URL=... KEY=... OTHER_KEY=... (of another organisation)
	@tests/acceptance/rest/run.sh '$(URL)' '$(KEY)' '$(OTHER_KEY)' $(ARGS)

acceptance-webhooks: install ## Send real deliveries to receivers that verify them with libraries of other people
	@tests/acceptance/webhooks/run.sh

acceptance-xapi: install ## Send every event that makes statements to a real LRS, in both versions of xAPI
	@tests/acceptance/xapi/run.sh

acceptance-calendars: install ## Have ical.js read sessions around every change of clocks (needs Node.js)
	@cd tests/acceptance/calendars && npm install --no-audit --no-fund --no-package-lock --silent
	@$(BIN)/python -m tests.acceptance.calendars

acceptance-scim: install ## Let scim2-cli examine the SCIM door, and send what Okta and Entra send
	@tests/acceptance/scim/run.sh

chaos-webhooks: install ## Kill workers at random moments under load, and see what is lost, doubled or out of order; about 15 minutes
	@$(BIN)/python -m tests.chaos $(ARGS)

bench: install ## Measure; ARGS are passed on
	@$(BIN)/python -m bench $(ARGS)

bench-matching: install $(MENTOR_MATCH) ## Measure the matching engine beside other solvers; ARGS="--sizes 500 2000" are passed on
	@$(BIN)/python -m bench.matching $(ARGS)
	@$(BIN)/python -m bench.matching_quality 2000

bench-matching-large: install ## The same with 50,000 people a side
	@$(BIN)/python -m bench.matching --large --rounds 1 $(ARGS)

bench-beside: install ## Measure what others wait for while a match run of 10,000 a side is under way
	@$(BIN)/python -m bench.beside $(ARGS)

bench-webhooks: install ## Measure how fast deliveries leave; ARGS are passed on: ARGS="a b --scale 0.5"
	@$(BIN)/python -m bench.webhooks $(ARGS)

bench-hris: install ## Measure how a directory of 50,000 arrives, by import and over SCIM; ARGS="--people 5000" are passed on
	@$(BIN)/python -m bench.hris $(ARGS)

bench-momentum: install ## Measure the pass over 50,000 pairs whose momentum is due
	@$(BIN)/python -m bench.momentum $(ARGS)

bench-log: install ## Measure pages of a delivery log of a million attempts
	@$(BIN)/python -m bench.log $(ARGS)

image: ## Build the container image, with docker or buildah; BASE=... names another base
	@if docker info > /dev/null 2>&1; then docker build --tag flipside $(if $(BASE),--build-arg BASE=$(BASE)) .; \
	elif command -v buildah > /dev/null; then buildah build --format docker --tag flipside $(if $(BASE),--build-arg BASE=$(BASE)) .; \
	else echo "An image needs a running docker, or buildah (apt-get install buildah)." >&2; exit 1; fi

lock: $(UV) ## Write the lock files from pyproject.toml; ARGS=--upgrade takes the newest of everything
	@$(COMPILE) --all-extras $(ARGS) -o requirements.lock
	@$(COMPILE) --no-annotate --constraints requirements.lock -o requirements-image.lock

$(MENTOR_MATCH): $(UV)
	@$(PYTHON) -m venv $(@D) && $(BIN)/uv pip install --quiet --python $(@D)/bin/python mentor-match==7.0.1 && touch $@

$(INSTALLED): $(UV) requirements.lock pyproject.toml
	@echo "Installing what requirements.lock names into .venv"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock || { echo "$$NOT_FETCHED" >&2; exit 1; }
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

$(UV):
	@command -v '$(PYTHON)' > /dev/null || { echo "$$NO_PYTHON" >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { '$(PYTHON)' --version >&2; echo "$$NO_PYTHON" >&2; exit 1; }
	@'$(PYTHON)' -c 'import ensurepip, venv' 2> /dev/null || { echo "$$NO_VENV" >&2; exit 1; }
	@$(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || '$(PYTHON)' -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION) || { echo "$$NOT_FETCHED" >&2; exit 1; }
	@touch $@

define NO_PYTHON
Flipside needs Python 3.11 or newer as `$(PYTHON)`.
Debian 12, Ubuntu 24.04 or later: apt-get install python3 python3-venv. macOS: brew install python.
Another name or place: make PYTHON=/path/to/python3.11 ...
endef
export NO_PYTHON

define NO_VENV
This Python cannot make virtual environments: its modules `venv` and `ensurepip` are missing.
Debian, Ubuntu: apt-get install python3-venv
endef
export NO_VENV

define NOT_FETCHED
Packages could not be fetched; the lines above say why. Setting-up needs a package index (or a mirror that pip and uv
are configured for) once; after that everything runs offline.
endef
export NOT_FETCHED
