import { readFileSync } from "node:fs";

interface Results {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numFailedTestSuites: number;
}

const [otherFailures = "0", ...files] = process.argv.slice(2);
const all = files.map((file): Results => JSON.parse(readFileSync(file, "utf8")));
const sum = (key: keyof Results) => all.reduce((total, results) => total + results[key], 0);

// A step that is no test (a check, a file that could not be loaded) and failed counts as one failure.
const failed = sum("numFailedTests") || (otherFailures === "0" && sum("numFailedTestSuites") === 0 ? 0 : 1);
const skipped = sum("numPendingTests");
process.stdout.write(`${sum("numPassedTests")} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}\n`);
