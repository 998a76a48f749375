import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { startFakeZmote } from "../../devices/smart-aircons/blasters/fake-zmote.ts";
import { openCodeFile } from "../../devices/smart-aircons/code-sets.ts";
import { formatSendir, toSendir } from "../../devices/smart-aircons/ir/sendir.ts";
import { endWithUs } from "../support/children.ts";
import { FEW, folder, known } from "./learn-person.ts";

const sendir = (setting: Parameters<typeof known>[1]) => formatSendir(toSendir(known("new_fujitsu", setting).waveform));

/** The tool in a process of its own, with a Zmote that is real but for its hardware. */
async function start() {
  const zmote = await startFakeZmote({ fast: true });
  const path = join(folder(), "codes.json");
  const words = [
    join(import.meta.dirname, "learn-main.ts"),
    "--blaster",
    `zmote://127.0.0.1:${zmote.port}`,
    "--out",
    path,
  ];
  const child = spawn(process.execPath, [...words, ...FEW], { env: { PATH: process.env.PATH } });
  endWithUs(child);
  const said = { out: "", err: "" };
  child.stdout.on("data", (text) => {
    said.out += text;
  });
  child.stderr.on("data", (text) => {
    said.err += text;
  });
  const exited = new Promise((resolve) => child.once("close", (code, signal) => resolve(signal ?? code)));
  const shows = (text: string) => vi.waitFor(() => expect(said.out).toContain(text), { timeout: 10_000 });
  const listens = () => vi.waitFor(() => expect(zmote.listening).toBe(true), { timeout: 10_000 });
  return {
    zmote,
    path,
    child,
    said,
    exited,
    shows,
    listens,
    async teach(setting: Parameters<typeof known>[1]) {
      child.stdin.write("\n");
      await listens();
      zmote.pressRemote(sendir(setting));
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
      await zmote[Symbol.asyncDispose]();
    },
  };
}

test("a remote control is learned in a process of its own", async () => {
  await using lesson = await start();
  await lesson.shows("1 of 4");
  for (const [index, celsius] of [undefined, 18, 19, 20].entries()) {
    const setting = celsius === undefined ? { power: false } : { temperatureCelsius: celsius };
    await lesson.teach(setting);
    await lesson.shows("Once more");
    await lesson.teach(setting);
    await vi.waitFor(() => expect(lesson.said.out.match(/Saved\./g)).toHaveLength(index + 1), { timeout: 10_000 });
  }
  expect([await lesson.exited, lesson.said.err]).toEqual([0, ""]);
  expect((await openCodeFile(lesson.path)).report.codes).toBe(4);
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s while it listens ends that, and all", async (signal) => {
  await using lesson = await start();
  await lesson.shows("1 of 4");
  lesson.child.stdin.write("\n");
  await lesson.listens();
  lesson.child.kill(signal);
  expect([await lesson.exited, lesson.said.err]).toEqual([0, ""]);
  expect(lesson.zmote.listening).toBe(false);
  expect(lesson.zmote.requests.map(({ body }) => body).slice(-2)).toEqual(["get_IRL", "stop_IRL"]);
  expect(existsSync(lesson.path)).toBe(false);
});

test("SIGINT at a question ends all, and what was learned stays", async () => {
  await using lesson = await start();
  await lesson.shows("1 of 4");
  await lesson.teach({ power: false });
  await lesson.shows("Once more");
  await lesson.teach({ power: false });
  await lesson.shows("2 of 4");
  lesson.child.kill("SIGINT");
  expect(await lesson.exited).toBe(0);
  expect(lesson.said.out).toContain("1 of 4 codes are in");
  expect(existsSync(lesson.path)).toBe(true);
});

test("a reader that is gone ends all", async () => {
  await using lesson = await start();
  await lesson.shows("1 of 4");
  lesson.child.stdin.write("\n");
  await lesson.listens();
  lesson.child.stdout.destroy();
  lesson.zmote.pressRemote(sendir({ power: false }));
  expect(await lesson.exited).toBe(0);
  expect(lesson.zmote.listening).toBe(false);
});
