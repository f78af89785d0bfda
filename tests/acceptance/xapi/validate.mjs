// Reads a list of statements from standard input, and prints how many faults the validator finds in each.
import { readFileSync } from "node:fs";
import validation from "@learninglocker/xapi-validation";

const validate = validation.default ?? validation;
const statements = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(statements.map((statement) => validate(statement).length)));
