#!/bin/sh
# Verifies one delivery by hand, with nothing but openssl:
#
#   WEBHOOK_SECRET=whsec_… ./verify.sh BODY_FILE WEBHOOK_ID WEBHOOK_TIMESTAMP WEBHOOK_SIGNATURE
#
# BODY_FILE holds the body byte for byte. Whether the timestamp is fresh is left to you: five minutes are usual.
set -eu
body=$1 id=$2 timestamp=$3 signatures=$4
key=$(printf %s "${WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
expected=$({ printf '%s.%s.' "$id" "$timestamp"; cat "$body"; } |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
case " $signatures " in
  *" v1,$expected "*) echo "good: signed with this secret" ;;
  *) echo "bad: not signed with this secret, or changed on its way"; exit 1 ;;
esac
