#!/bin/sh
# Lets scim2-cli examine the SCIM door of a service that is served for the purpose. Starts all that it needs, and leaves
# nothing behind; a package index has to be in reach.
set -eu
cd "$(dirname "$0")/../../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
.venv/bin/uv venv --quiet --python .venv/bin/python "$folder/scim2"
.venv/bin/uv pip install --quiet --python "$folder/scim2/bin/python" -r tests/acceptance/scim/requirements.txt
FLIPSIDE_DATA_DIR="$folder/data" FLIPSIDE_LOG_LEVEL=error .venv/bin/python -m tests.acceptance.scim "$folder/scim2/bin/scim2"
JOURNEY_PEOPLE=600 .venv/bin/python -m pytest -q -p no:xdist tests/acceptance/scim tests/journeys/test_arrival.py
