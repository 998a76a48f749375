import { spawnSync } from "node:child_process";
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const passed = {
  ...{ numPassedTests: 2, numFailedTests: 0, numPendingTests: 0, numFailedTestSuites: 0 },
  testResults: [{ name: "garden.test.ts", status: "passed", message: "", assertionResults: [] }],
};
const assertionResults = [{ fullName: "a valve closes", status: "failed", failureMessages: ["it stayed open"] }];
const failed = {
  ...{ numPassedTests: 1, numFailedTests: 1, numPendingTests: 0, numFailedTestSuites: 1 },
  testResults: [{ name: "garden.test.ts", status: "failed", message: "", assertionResults }],
};

/** An `npm` whose suites count this, and pass; for this one call it does something else. */
const npm = (call: string, does: string) => `#!/bin/sh
count() { for last; do :; done; case $last in --outputFile.json=*) printf %s "$text" > "\${last#*=}" ;; esac; }
text='${JSON.stringify(passed)}'
case "$*" in ${call}) ${does} ;; esac
count "$@"
`;

/** Runs `.ci/run` as root would, but among programs that do nothing, and this `npm`. */
async function ci(call: string, does: string) {
  await using folder = await mkdtempDisposable(join(tmpdir(), "ci-"));
  const idle = "#!/bin/sh\n";
  const programs = { npm: npm(call, does), "apt-get": idle, make: idle, id: `${idle}echo 0\n` };
  for (const [name, text] of Object.entries(programs)) await writeFile(join(folder.path, name), text, { mode: 0o755 });
  const env = { ...process.env, PATH: `${folder.path}:${process.env.PATH}` };
  const run = join(import.meta.dirname, "../.ci/run");
  const { status, stdout } = spawnSync("bash", [run], { env, encoding: "utf8", timeout: 20_000 });
  return { status, last: stdout.trimEnd().split("\n").at(-1), said: stdout };
}

test("where everything holds, all suites are counted, with or without a Home Assistant", async () => {
  expect(await ci("nothing", ":")).toMatchObject({ status: 0, last: "10 passed, 0 failed" });
  expect(await ci('"run test:home"*', "exit 75")).toMatchObject({ status: 0, last: "8 passed, 0 failed" });
});

const failing = `text='${JSON.stringify(failed)}'; count "$@"; exit 1`;

test.each<[what: string, call: string, does: string, last: string, named: string]>([
  ["a test that fails", '"test "*', failing, "9 passed, 1 failed", "a valve closes"],
  ["a check that fails", '"run check"', "exit 2", "10 passed, 1 failed", "npm run check (exit 2,"],
  ["a suite that dies", '"run test:slow"*', "exit 137", "8 passed, 1 failed", "slow: no results"],
  ["a suite that counts nothing", '"run test:long"*', "exit 0", "8 passed, 1 failed", "long: no results"],
  ["a Home Assistant that shows it wrong", '"run test:home"*', "exit 1", "8 passed, 1 failed", "npm run test:home"],
  ["an empty count", '"run test:image"*', 'text=; count "$@"', "0 passed, 1 failed", "image: no results"],
  ["half a count", '"run test:slow"*', "text='{'; count \"$@\"; exit 1", "0 passed, 1 failed", "npm run test:slow"],
  ["a registry that is away", "*", "exit 1", "0 passed, 1 failed", "npm ci && npm test"],
])("%s is named before the last line, which counts it", async (_, call, does, last, named) => {
  const { said, ...run } = await ci(call, does);
  expect(run).toEqual({ status: 1, last });
  expect(said.slice(said.indexOf("failed"))).toContain(named);
});
