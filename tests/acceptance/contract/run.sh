#!/bin/sh
# Holds the contract to what other people's tools make of it, and the example for Node.js to real deliveries:
#
#   tests/acceptance/contract/run.sh
#
# Every tool must find no error. Needs Node.js 20; fetches the tools on its first run.
set -eu
cd "$(dirname "$0")"
root=../../..
npm install --no-audit --no-fund --no-package-lock --silent
npx redocly lint "$root/openapi/openapi.json"
npx spectral lint --display-only-failures --fail-severity error "$root/openapi/openapi.json" "$root/openapi/asyncapi.yaml"
node asyncapi.mjs "$root/openapi/asyncapi.yaml"
"$root/.venv/bin/python" -m openapi_spec_validator "$root/openapi/openapi.json"

secret=whsec_bm9ib2R5IGVsc2Uga25vd3MgdGhpcyBzZWNyZXQgb2Y=
folder=$(mktemp -d)
# Node looks for its libraries beside the file.
cp "$root/docs/examples/receive.mjs" receive.copy.mjs
WEBHOOK_SECRET=$secret PORT=0 node receive.copy.mjs > "$folder/said" &
receiver=$!
trap 'kill $receiver; rm -rf "$folder" receive.copy.mjs' EXIT
until [ -s "$folder/said" ]; do kill -0 $receiver; sleep 0.1; done
url=$(head -n 1 "$folder/said")
(cd "$root" && .venv/bin/python -m tests.examples.callers "$url" "$secret")
test "$(grep -c goal.progressed "$folder/said")" = 4
echo "The example for Node.js took what was signed, once, and refused the rest."
