#!/bin/sh
# Fuzzes the REST door of a running service by its own contract, and holds every answer to it:
#
#   tests/acceptance/rest/run.sh http://127.0.0.1:8000 KEY OTHER_KEY [more options of `schemathesis run`]
#
# KEY and OTHER_KEY belong to two organisations, so that what the one sees can be asked for by the other. The service
# should hold data that may be thrown away.
set -eu
cd "$(dirname "$0")/../../.."
url=$1 key=$2 other=$3
shift 3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/users.json" <<JSON
{"auth": [
  {"name": "ours", "fixedHeaders": [{"name": "Authorization", "value": "Bearer $key"}]},
  {"name": "theirs", "fixedHeaders": [{"name": "Authorization", "value": "Bearer $other"}]}
]}
JSON
.venv/bin/schemathesis --config-file tests/acceptance/rest/schemathesis.toml run "$url/v1/openapi.json" \
  --auth-wfc "$folder/users.json" --auth-wfc-user ours --phases examples,coverage,fuzzing,stateful "$@"
