// Runs the server audits of graphql-http against an endpoint:
//
//   npm install
//   npm run audit -- http://127.0.0.1:8000/graphql --header 'Authorization: Bearer …'
//
// Exits with 1 if any audit ends in an error or a warning, 2 if the command is wrong or the endpoint unreachable.
// Notices are audits of what the specification leaves open, such as GET.

import { parseArgs } from "node:util";

import { serverAudits } from "graphql-http";

const STATUSES = ["ok", "notice", "warn", "error"];

function fail(message) {
  console.error(message);
  process.exit(2);
}

function read(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { header: { type: "string", multiple: true, default: [] } },
  });
  if (positionals.length !== 1) throw new Error("one URL, please");
  const headers = values.header.map((header) => {
    const colon = header.indexOf(":");
    if (colon < 1) throw new Error("a header is written as Name: value");
    return [header.slice(0, colon).trim(), header.slice(colon + 1).trim()];
  });
  return { url: new URL(positionals[0]).href, headers };
}

// The audits name their own headers; ours are added to them, never put in their place.
function fetchWith(extra) {
  return (url, init = {}) => {
    const headers = new Headers(init.headers);
    for (const [name, value] of extra) headers.set(name, value);
    return fetch(url, { ...init, headers });
  };
}

async function run({ url, headers }) {
  const counts = Object.fromEntries(STATUSES.map((status) => [status, 0]));
  for (const audit of serverAudits({ url, fetchFn: fetchWith(headers) })) {
    const result = await audit.fn();
    counts[result.status] += 1;
    if (result.status === "ok") continue;
    console.log(`${result.status.padEnd(6)} ${result.id} ${result.name}`);
    console.log(`       ${result.reason} (was ${result.response.status})`);
  }
  console.log(STATUSES.map((status) => `${status} ${counts[status]}`).join(", "));
  return counts;
}

let request;
try {
  request = read(process.argv.slice(2));
} catch (error) {
  fail(`${error.message}\nusage: node audit.mjs URL [--header 'Name: value']…`);
}
try {
  const counts = await run(request);
  process.exitCode = counts.warn + counts.error > 0 ? 1 : 0;
} catch (error) {
  fail(`the audit broke off: ${error.cause?.message ?? error.message}`);
}
