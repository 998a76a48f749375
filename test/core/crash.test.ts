import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startDaemon } from "../support/process.ts";
import { published, startTinyBroker } from "../support/tiny-broker.ts";
import { topics } from "../support/toy.ts";

const script = join(import.meta.dirname, "../support/toy-crash.ts");

/** Runs a toy until it is up, sends it a signal, and tells what came of it. */
async function end(signal: NodeJS.Signals, env: Record<string, string> = {}) {
  await using broker = await startTinyBroker();
  await using toy = startDaemon(["-host", `127.0.0.1:${broker.port}`], { script, env });
  const said = () => published(broker.sessions[0]).map(({ topic, payload }) => `${topic} ${payload}`);
  await broker.until(() => said().includes(`${topics.availability} online`));
  toy.signal(signal);
  const { code, ms } = await toy.exited;
  const fatal = toy.lines.filter((line) => Object(line).level === "fatal");
  return { code, ms, fatal, log: toy.log(), said: said() };
}

type Trouble = "throw" | "reject" | "hang" | "again";
const crash = (trouble: Trouble, env = {}) => end("SIGUSR2", { CRASH: trouble, ...env });
const lastWords = [`${topics.on} safe`, `${topics.availability} offline`, `${topics.daemon} offline`];

describe.concurrent("an error that nobody expected", () => {
  it.each(["throw", "reject"] as const)("closes everything in order, and is one line in the log (%s)", async (how) => {
    const { code, ms, fatal, log, said } = await crash(how);
    expect(code).toBe(1);
    expect(ms).toBeLessThan(2_000);
    expect(said.slice(-3)).toEqual(lastWords);
    expect(fatal).toMatchObject([{ msg: "an error that nobody expected", err: { message: "surprise" } }]);
    expect(log.match(/surprise/g)?.length, "in the message and in the stack of one line").toBe(2);
  });

  it("ends the process after 5 s when closing hangs", async () => {
    const { code, ms, fatal } = await crash("hang");
    expect(code).toBe(1);
    expect(ms).toBeGreaterThan(4_500);
    expect(ms).toBeLessThan(7_000);
    expect(fatal).toHaveLength(1);
  });

  it("is not cut short in closing by the next one", async () => {
    const { code, fatal, said } = await crash("again");
    expect(code).toBe(1);
    expect(said.slice(-3)).toEqual(lastWords);
    expect(fatal).toMatchObject([{ err: { message: "surprise" } }]);
  });
});

describe.concurrent("a full disk below the log", () => {
  const env = { STDOUT: "/dev/full" };

  it("ends nothing, and the daemon closes in order when it is told to", async () => {
    const { code, log, said } = await end("SIGTERM", env);
    expect({ code, log }).toEqual({ code: 0, log: "" });
    expect(said.slice(-3)).toEqual(lastWords);
  });

  it("does not keep a crash from closing in order", async () => {
    const { code, ms, said } = await crash("throw", env);
    expect(code).toBe(1);
    expect(ms).toBeLessThan(2_000);
    expect(said.slice(-3)).toEqual(lastWords);
  });
});

it("closes in order when its terminal is closed", async () => {
  const { code, said } = await end("SIGHUP");
  expect(code).toBe(0);
  expect(said.slice(-3)).toEqual(lastWords);
});

it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "is not cut short in closing after %s by the next signal",
  async (signal) => {
    const { code, said } = await end(signal, { CRASH: "twice" });
    expect(code).toBe(0);
    expect(said.slice(-3)).toEqual(lastWords);
  },
);
