import { setImmediate as turn } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { Blaster } from "../../../devices/smart-aircons/blasters/blaster.ts";
import { broadlinkBlaster } from "../../../devices/smart-aircons/blasters/broadlink.ts";
import { type FakeZmote, startFakeZmote } from "../../../devices/smart-aircons/blasters/fake-zmote.ts";
import { zmoteBlaster } from "../../../devices/smart-aircons/blasters/zmote.ts";
import type { Code } from "../../../devices/smart-aircons/code-sets/code-set.ts";
import { decodeBroadlink } from "../../../devices/smart-aircons/ir/broadlink-packet.ts";
import { type FakeBroadlink, startFakeBroadlink } from "../../../src/broadlink/fake.ts";
import { until, wireLog } from "../../broadlink/wired.ts";
import { type VirtualClock, virtualClock } from "../../support/clock.ts";

export { until };

/** What a question came to. */
export interface Outcome {
  state: "pending" | "done" | "failed";
  value: unknown;
  /** The error's message, and its name. */
  message: string;
  name: string;
  atMs: number;
}

/** A blaster in virtual time, on real sockets. */
export interface Wired<F> {
  clock: VirtualClock;
  blaster: Blaster;
  fake: F;
  /** What was logged, without the wire. */
  lines(): { level: number; msg: string; [field: string]: unknown }[];
  /** Every line, as text. */
  log: string[];
  /** Lets time pass, with enough of real time for what goes over the sockets. */
  pass(ms: number): Promise<void>;
  follow(question: Promise<unknown>): Outcome;
  /** Lets what needs no time happen until the question has come to something. */
  ended(question: Promise<unknown>): Promise<Outcome>;
  close(): Promise<void>;
  /** Whether it is ready, and its problem. */
  says(): [boolean, string | undefined];
}

const STEP_MS = 500;

/** Time for datagrams and for HTTP, which takes a few turns of the event loop per answer. */
async function turns(): Promise<void> {
  for (let i = 0; i < 25; i++) await turn();
}

function wire<F>(clock: VirtualClock, fake: F, open: (log: ReturnType<typeof wireLog>["log"]) => Blaster): Wired<F> {
  const { log, lines } = wireLog();
  const blaster = open(log);
  const self: Wired<F> = {
    clock,
    blaster,
    fake,
    log: lines,
    lines: () => lines.map((line) => JSON.parse(line)).filter(({ level }) => level >= 30),
    async pass(ms) {
      for (let left = ms; left > 0; left -= STEP_MS) {
        await turns();
        await clock.advance(Math.min(left, STEP_MS));
      }
      await turns();
    },
    follow(question) {
      const outcome: Outcome = { state: "pending", value: undefined, message: "", name: "", atMs: Number.NaN };
      question.then(
        (value) => Object.assign(outcome, { state: "done", value, atMs: clock.monotonicMs() }),
        ({ message, name }) => Object.assign(outcome, { state: "failed", message, name, atMs: clock.monotonicMs() }),
      );
      return outcome;
    },
    async ended(question) {
      const outcome = self.follow(question);
      await until(() => outcome.state !== "pending");
      return outcome;
    },
    close: async () => await blaster[Symbol.asyncDispose](),
    says() {
      const { ready, problem } = blaster.health.get();
      return [ready, problem];
    },
  };
  onTestFinished(async () => {
    const closed = self.follow(self.close());
    await self.pass(1_000);
    await until(() => closed.state !== "pending");
  });
  return self;
}

/** Until it has been greeted. */
async function ready<F>(wired: Wired<F>): Promise<Wired<F>> {
  await until(() => wired.blaster.health.get().ready);
  return wired;
}

export async function wireBroadlink(
  setting: Parameters<typeof startFakeBroadlink>[0] = {},
): Promise<Wired<FakeBroadlink>> {
  const clock = virtualClock();
  const fake = await startFakeBroadlink({ clock, ...setting });
  onTestFinished(async () => await fake[Symbol.asyncDispose]());
  return wire(clock, fake, (log) => broadlinkBlaster({ host: fake.host, port: fake.port }, { log, clock }));
}

export async function wireZmote(setting: Parameters<typeof startFakeZmote>[0] = {}): Promise<Wired<FakeZmote>> {
  const clock = virtualClock();
  const fake = await startFakeZmote({ clock, fast: true, ...setting });
  onTestFinished(async () => await fake[Symbol.asyncDispose]());
  return wire(clock, fake, (log) => zmoteBlaster({ host: fake.host, port: fake.port }, { log, clock }));
}

/** A blaster at a host where there may be nobody. */
export function wireNobody(open: (log: ReturnType<typeof wireLog>["log"], clock: VirtualClock) => Blaster) {
  const clock = virtualClock();
  return wire(clock, undefined, (log) => open(log, clock));
}

/** The same, when the blaster is ready and its fake has forgotten how it came to that. */
export async function readyBroadlink(...how: Parameters<typeof wireBroadlink>): Promise<Wired<FakeBroadlink>> {
  const wired = await ready(await wireBroadlink(...how));
  wired.fake.forget();
  return wired;
}

export async function readyZmote(...how: Parameters<typeof wireZmote>): Promise<Wired<FakeZmote>> {
  const wired = await ready(await wireZmote(...how));
  wired.fake.forget();
  return wired;
}

export const packet = Buffer.from("26000c0000010f871111113311000c21", "hex");
export const code: Code = decodeBroadlink(packet);
