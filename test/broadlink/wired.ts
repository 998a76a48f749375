import { setImmediate as turn } from "node:timers/promises";
import { type Logger, pino } from "pino";
import { onTestFinished } from "vitest";
import type { BroadlinkError } from "../../src/broadlink/errors.ts";
import { type FakeBroadlink, startFakeBroadlink } from "../../src/broadlink/fake.ts";
import type { Received } from "../../src/broadlink/fake-unit.ts";
import { openUnit, type Unit, type UnitOptions } from "../../src/broadlink/unit.ts";
import { type VirtualClock, virtualClock } from "../support/clock.ts";

/** What a question came to. */
export interface Outcome {
  /** Undefined while nothing is known. */
  said: "done" | BroadlinkError["trouble"] | undefined;
  value: unknown;
  error: BroadlinkError | undefined;
  atMs: number;
}

export interface Wired {
  clock: VirtualClock;
  fake: FakeBroadlink;
  unit: Unit;
  /** The log, the wire included. */
  lines: string[];
  /** Follows a question. */
  follow(question: Promise<unknown>): Outcome;
  /** Lets everything happen that needs no time until this holds; throws after 5 s of real time. */
  until(holds: () => boolean): Promise<void>;
  /** What the unit has heard so far: `hello`, `authentication`, `command`. */
  heard(): Received["kind"][];
  /** Forgets what the unit has heard and sent. */
  forget(): void;
}

export const code = Buffer.from("26000c0000010f871111113311000c21", "hex");

/** A logger whose lines are kept. */
export function wireLog(): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  return { log: pino({ level: "debug", base: null }, { write: (line: string) => void lines.push(line) }), lines };
}

/** Lets everything that needs no time happen until this holds; throws after 5 s of real time. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited for 5 s until ${holds}`);
    await turn();
  }
}

/** A driver and a simulated unit in virtual time, on real sockets; both are closed with the test. */
export async function wire(
  setting: Parameters<typeof startFakeBroadlink>[0] = {},
  options: Partial<UnitOptions> = {},
): Promise<Wired> {
  const clock = virtualClock();
  const fake = await startFakeBroadlink({ clock, ...setting });
  const { log, lines } = wireLog();
  const unit = openUnit(fake.host, { port: fake.port, clock, log, ...options });
  onTestFinished(async () => {
    await unit[Symbol.asyncDispose]();
    await fake[Symbol.asyncDispose]();
  });
  return {
    clock,
    fake,
    unit,
    lines,
    follow(question) {
      const outcome: Outcome = { said: undefined, value: undefined, error: undefined, atMs: Number.NaN };
      const end = (what: Partial<Outcome>) => Object.assign(outcome, what, { atMs: clock.monotonicMs() });
      question.then(
        (value) => end({ said: "done", value }),
        (error) => end({ said: error.trouble ?? error, error }),
      );
      return outcome;
    },
    until,
    heard: () => fake.received.map(({ kind }) => kind),
    forget: () => fake.forget(),
  };
}

/** The same, when they have met. */
export async function met(...how: Parameters<typeof wire>): Promise<Wired> {
  const wired = await wire(...how);
  await wired.unit.identify();
  wired.forget();
  return wired;
}
