#!/bin/sh
# Sends real deliveries to receivers that check them with libraries of other people. Starts all that it needs, and leaves
# nothing behind; node 20 or later, npm and two package indexes have to be in reach.
set -eu
cd "$(dirname "$0")/../../.."
command -v npm > /dev/null || { echo "This needs node and npm, of version 20 or later." >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp tests/acceptance/webhooks/package.json tests/acceptance/webhooks/receiver.mjs "$folder"
npm install --prefix "$folder" --silent --no-audit --no-fund
.venv/bin/uv pip install --quiet --no-deps --target "$folder/python" -r tests/acceptance/webhooks/requirements.txt
FLIPSIDE_DATA_DIR="$folder/data" FLIPSIDE_LOG_LEVEL=error .venv/bin/python -m tests.acceptance.webhooks "$folder"
