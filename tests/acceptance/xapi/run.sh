#!/bin/sh
# Sends every event that makes statements to a real LRS, in both versions of xAPI. Starts all that it needs, and leaves
# nothing behind; a package index has to be in reach, and with node and npm a validator has its say, too.
set -eu
cd "$(dirname "$0")/../../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
.venv/bin/uv venv --quiet --python .venv/bin/python "$folder/ralph"
.venv/bin/uv pip install --quiet --python "$folder/ralph/bin/python" -r tests/acceptance/xapi/requirements.txt
if command -v npm > /dev/null; then
	cp tests/acceptance/xapi/package.json tests/acceptance/xapi/validate.mjs "$folder"
	npm install --prefix "$folder" --silent --no-audit --no-fund
fi
FLIPSIDE_DATA_DIR="$folder/data" FLIPSIDE_LOG_LEVEL=error .venv/bin/python -m tests.acceptance.xapi "$folder"
