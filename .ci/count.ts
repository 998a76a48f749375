import { readFileSync } from "node:fs";

interface Results {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numFailedTestSuites: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

const [failedSteps = "", ...files] = process.argv.slice(2);
const all = files.map((file): Results => JSON.parse(readFileSync(file, "utf8")));
const sum = (key: keyof Results & `num${string}`) => all.reduce((total, results) => total + results[key], 0);

// Said again where the output ends: of a long one the end is what is read, and kept.
const ours = (text: string) => text.split("\n").filter((line) => !line.includes("node_modules/"));
const indented = (text: string) => ours(text).slice(0, 30).join("\n    ");
for (const { name, status, message, assertionResults } of all.flatMap(({ testResults }) => testResults)) {
  if (status !== "failed") continue;
  process.stdout.write(`failed: ${name}\n`);
  if (message) process.stdout.write(`    ${indented(message)}\n`);
  for (const { fullName, failureMessages } of assertionResults.filter((result) => result.status === "failed"))
    process.stdout.write(`  ${fullName}\n${failureMessages.map((said) => `    ${indented(said)}\n`).join("")}`);
}
if (failedSteps) process.stdout.write(`failed steps:\n${failedSteps}`);

// A step that is no test (a check, a file that could not be loaded) and failed counts as one failure.
const failed = sum("numFailedTests") || (failedSteps === "" && sum("numFailedTestSuites") === 0 ? 0 : 1);
const skipped = sum("numPendingTests");
process.stdout.write(`${sum("numPassedTests")} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}\n`);
