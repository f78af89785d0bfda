#!/bin/sh
# Fuzzes the GraphQL door of a running service by its own schema, queries and mutations alike:
#
#   tests/acceptance/graphql/run.sh http://127.0.0.1:8000 KEY [more options of `schemathesis run`]
#
# The service should hold data that may be thrown away. KEY needs introspection: it is open in development, and to keys
# with the scope schema:read.
set -eu
cd "$(dirname "$0")/../../.."
url=$1 key=$2
shift 2
.venv/bin/schemathesis --config-file tests/acceptance/graphql/schemathesis.toml run "$url/graphql" \
  --header "Authorization: Bearer $key" --phases examples,coverage,fuzzing "$@"
