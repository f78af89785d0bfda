#!/bin/sh
# Fuzzes the REST door of a running service by its own contract, and holds every answer to it:
#
#   tests/acceptance/rest/run.sh http://127.0.0.1:8000 KEY OTHER_KEY… [more options of `schemathesis run`]
#
# It asks by KEY. What that one sees is asked for by the others, who should not see it: people elsewhere in the
# organisation, and of another one. The service should hold data that may be thrown away.
set -eu
cd "$(dirname "$0")/../../.."
url=$1 key=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
users="{\"name\": \"ours\", \"fixedHeaders\": [{\"name\": \"Authorization\", \"value\": \"Bearer $key\"}]}"
while [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; do
  users="$users, {\"name\": \"other $#\", \"fixedHeaders\": [{\"name\": \"Authorization\", \"value\": \"Bearer $1\"}]}"
  shift
done
echo "{\"auth\": [$users]}" > "$folder/users.json"
.venv/bin/schemathesis --config-file tests/acceptance/rest/schemathesis.toml run "$url/v1/openapi.json" \
  --auth-wfc "$folder/users.json" --auth-wfc-user ours --phases examples,coverage,fuzzing,stateful "$@"
