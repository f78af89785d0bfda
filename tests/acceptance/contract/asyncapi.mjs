// Parses an AsyncAPI document: node asyncapi.mjs FILE. Exits with 1 if anything in it is an error.

import { readFileSync } from "node:fs";

import { Parser } from "@asyncapi/parser";

const ERROR = 0;
const { diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
for (const said of diagnostics) console.log(said.severity, said.path.join("."), said.message);
const errors = diagnostics.filter((said) => said.severity === ERROR).length;
console.log(`${errors} errors`);
process.exitCode = errors > 0 ? 1 : 0;
