import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { startFakeZmote } from "../../devices/smart-aircons/blasters/fake-zmote.ts";
import type { Code } from "../../devices/smart-aircons/code-sets/code-set.ts";
import { type GeneratedName, generatedCodeSet } from "../../devices/smart-aircons/code-sets/generated.ts";
import { encodeBroadlink } from "../../devices/smart-aircons/ir/broadlink-packet.ts";
import { modulate } from "../../devices/smart-aircons/ir/pulses.ts";
import { formatSendir, toSendir } from "../../devices/smart-aircons/ir/sendir.ts";
import type { Setting } from "../../devices/smart-aircons/setting.ts";
import { learn } from "../../devices/smart-aircons/tools/learn.ts";
import { startFakeBroadlink } from "../../src/broadlink/fake.ts";
import { virtualClock } from "../support/clock.ts";

/** A blaster with a remote control in front of it. */
interface Room {
  url: string;
  readonly listening: boolean;
  press(code: Code): void;
  /** Makes it hear what is no infrared code. */
  babble(): void;
  /** Its network takes what it is sent, and brings nothing back. */
  mute(): void;
  unplug(): Promise<void>;
}

export type Make = "Zmote" | NonNullable<NonNullable<Parameters<typeof startFakeBroadlink>[0]>["make"]>;

/** A blaster of this make, which is not closed with the test unless `unplug` is called. */
async function furnish(make: Make, clock: ReturnType<typeof virtualClock>, locked: boolean): Promise<Room> {
  if (make === "Zmote") {
    const fake = await startFakeZmote({ clock, fast: true });
    return {
      url: `zmote://${fake.host}:${fake.port}`,
      get listening() {
        return fake.listening;
      },
      press: ({ waveform }) => fake.pressRemote(formatSendir(toSendir(waveform))),
      babble: () => fake.pressRemote("sendir,1:1,0,37000,1,1,122"),
      mute: () => Object.assign(fake.faults, { silent: true }),
      unplug: async () => await fake[Symbol.asyncDispose](),
    };
  }
  const fake = await startFakeBroadlink({ clock, make, locked });
  return {
    url: `broadlink://${fake.host}:${fake.port}`,
    get listening() {
      return fake.ear.listening;
    },
    press: ({ waveform }) => fake.ear.hear(Buffer.from(encodeBroadlink({ waveform, repeats: 0 }))),
    babble: () => fake.ear.hear(Buffer.from("b200040001020304", "hex")),
    mute: () => Object.assign(fake.faults, { silent: true }),
    unplug: async () => await fake[Symbol.asyncDispose](),
  };
}

/** Somebody who runs `ir learn` in virtual time, with a remote control at hand. */
export interface Lesson {
  room: Room;
  path: string;
  /** What the file holds; undefined while there is none. */
  file(): { commands: Record<string, unknown>; [key: string]: unknown } | undefined;
  /** Everything said so far. */
  said(): string;
  /** Waits until something new is said that has this in it, and returns what was new. */
  sees(text: string): Promise<string>;
  types(line: string): void;
  /** Waits until the blaster listens, then presses a key. */
  presses(code: Code): Promise<void>;
  /** The same, but what comes is no code. */
  babbles(): Promise<void>;
  /** Enter, and then a key. */
  teaches(code: Code): Promise<void>;
  /** The end of what is typed. */
  leaves(): void;
  interrupt(): void;
  /** How much time has passed. */
  nowMs(): number;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** The exit code, or the error that the tool's caller is to show, when it has ended. */
  ended(): Promise<{ code: number | undefined; error: unknown; stderr: string }>;
}

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "learn-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const STEP_MS = 500;
/** Of real time. */
const PATIENCE_MS = 10_000;

/** Time for datagrams, HTTP and files, which take a few turns of the event loop. */
async function turns(): Promise<void> {
  for (let i = 0; i < 25; i++) await turn();
}

interface How {
  make?: Make;
  flags?: string[];
  path?: string;
  url?: string;
  locked?: boolean;
  isTTY?: boolean;
}

export const FEW = ["--modes", "cool", "--temperatures", "18-20", "--fans", "auto"];

/** Begins to learn three temperatures, unless told otherwise, into a file that is not there yet. */
export async function startLesson({ make = "Zmote", flags = FEW, path, url, locked = false, isTTY = false }: How = {}) {
  const clock = virtualClock();
  const room = await furnish(make, clock, locked);
  const [stdin, stdout, stderr] = [Object.assign(new PassThrough(), { isTTY }), new PassThrough(), new PassThrough()];
  const heard = { out: "", err: "", seen: 0 };
  stdout.on("data", (text) => {
    heard.out += text;
  });
  stderr.on("data", (text) => {
    heard.err += text;
  });
  const stopping = new AbortController();
  const target = path ?? join(folder(), "codes.json");
  const outcome: { code: number | undefined; error: unknown; over: boolean } = {
    code: undefined,
    error: undefined,
    over: false,
  };
  const argv = ["--blaster", url ?? room.url, "--out", target, ...flags];
  const running = learn(argv, { stdin, stdout, stderr }, { clock, signal: stopping.signal }).then(
    (code) => Object.assign(outcome, { code, over: true }),
    (error: unknown) => Object.assign(outcome, { error, over: true }),
  );

  /** Lets time pass until this holds. */
  async function until(holds: () => boolean, what: string): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!holds()) {
      if (performance.now() > end) throw new Error(`waited for ${what}; was told:\n${heard.out}${heard.err}`);
      await turns();
      if (!holds()) await clock.advance(STEP_MS);
    }
  }

  const lesson: Lesson = {
    room,
    path: target,
    file: () => (existsSync(target) ? JSON.parse(readFileSync(target, "utf8")) : undefined),
    said: () => heard.out,
    async sees(text) {
      await until(() => heard.out.includes(text, heard.seen), JSON.stringify(text));
      const end = heard.out.indexOf(text, heard.seen) + text.length;
      const seen = heard.out.slice(heard.seen, end);
      heard.seen = end;
      return seen;
    },
    types: (line) => void stdin.write(`${line}\n`),
    async presses(code) {
      await until(() => room.listening, "a blaster that listens");
      room.press(code);
    },
    async babbles() {
      await until(() => room.listening, "a blaster that listens");
      room.babble();
    },
    async teaches(code) {
      await lesson.sees("press Enter here");
      lesson.types("");
      await lesson.sees("Now press");
      await lesson.presses(code);
      await lesson.sees("Heard");
    },
    leaves: () => void stdin.end(),
    interrupt: () => stopping.abort(),
    nowMs: clock.monotonicMs,
    async pass(ms) {
      for (let left = ms; left > 0; left -= STEP_MS) {
        await turns();
        await clock.advance(STEP_MS);
      }
    },
    async ended() {
      await until(() => outcome.over, "its end");
      return { code: outcome.code, error: outcome.error, stderr: heard.err };
    },
  };
  onTestFinished(async () => {
    stopping.abort();
    await until(() => outcome.over, "its end");
    await running;
    await room.unplug();
  });
  return lesson;
}

/** What a remote of a family that we know sends. */
export function known(name: GeneratedName, setting: Partial<Setting>): Code {
  const to = { power: true, mode: "cool" as const, temperatureCelsius: 18, fan: "auto", swing: "off", ...setting };
  const [code] = generatedCodeSet(name).codes({ from: to, to, clockMinutes: 0 });
  if (!code) throw new Error("no code");
  return code;
}

const strange = { headerMark: 6100, headerSpace: 7400, bitMark: 520, zeroSpace: 560, oneSpace: 1660, gap: 7400 };

/** What a remote of nobody knows which make sends: any bytes. `jitterUs` is what a receiver takes from every third mark. */
export function unknown(bytes: readonly number[], jitterUs = 0): Code {
  const waveform = [...modulate(Uint8Array.from([0xb2, 0x4d, ...bytes]), strange, 1)];
  for (let at = 0; at + 1 < waveform.length; at += 6) {
    waveform[at] = (waveform[at] ?? 0) - jitterUs;
    waveform[at + 1] = (waveform[at + 1] ?? 0) + jitterUs;
  }
  return { waveform, repeats: 0 };
}
