import { setImmediate as turn } from "node:timers/promises";
import { type Logger, pino } from "pino";
import { onTestFinished } from "vitest";
import { type Bridge, type BridgeOptions, openBridge } from "../../../devices/sensors/hue/bridge.ts";
import { type FakeBridge, startFakeBridge } from "../../../devices/sensors/hue/fake-bridge.ts";
import type { Press, Sensor } from "../../../devices/sensors/hue/sensor.ts";
import type { Clock } from "../../../src/clock.ts";
import { pass, type VirtualClock, virtualClock } from "../../support/clock.ts";

export interface Wired {
  clock: VirtualClock;
  fake: FakeBridge;
  bridge: Bridge;
  /** The log, the wire included. */
  lines: string[];
  /** What was pressed, in order. */
  presses: Press[];
  /** The sensor with this name. */
  sensor(name: string): Sensor | undefined;
  /** Lets everything happen that needs no time until this holds; throws after 5 s of real time. */
  until(holds: () => boolean): Promise<void>;
  /** Lets time pass, and in each step all that needs no time. */
  pass(ms: number, stepMs?: number): Promise<void>;
  /** Passes time until this holds; how much. Throws after so much. */
  passUntil(holds: () => boolean, atMostMs: number, stepMs?: number): Promise<number>;
}

/** A logger whose lines are kept. */
export function wireLog(): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  return { log: pino({ level: "trace", base: null }, { write: (line: string) => void lines.push(line) }), lines };
}

/** Lets everything that needs no time happen until this holds; throws after 5 s of real time. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited for 5 s until ${holds}`);
    await turn();
  }
}

/** A driver and a simulated bridge in virtual time, on real sockets; both are closed with the test. `worn`: its clock. */
export async function wire(
  setting: Parameters<typeof startFakeBridge>[0] = {},
  options: Partial<BridgeOptions> = {},
  worn: (clock: Clock) => Clock = (clock) => clock,
): Promise<Wired> {
  const clock = virtualClock();
  const fake = await startFakeBridge({ clock, ...setting });
  const { log, lines } = wireLog();
  const roots = fake.certificates?.root;
  const plainHttp = fake.certificates ? undefined : ("always" as const);
  const address = { host: fake.host, port: fake.port, key: fake.key, roots, plainHttp };
  const bridge = openBridge({ ...address, ...options }, { clock: worn(clock), log });
  const ended = new AbortController();
  const presses: Press[] = [];
  void (async () => {
    for await (const press of bridge.presses(ended.signal)) presses.push(press);
  })();
  onTestFinished(async () => {
    ended.abort();
    await bridge[Symbol.asyncDispose]();
    await fake[Symbol.asyncDispose]();
  });
  const sensors = () => [...(bridge.status.get().sensors?.values() ?? [])];
  return {
    ...{ clock, fake, bridge, lines, presses, until },
    sensor: (name) => sensors().find((sensor) => sensor.name === name),
    pass: (ms, stepMs) => pass(clock, ms, stepMs),
    async passUntil(holds, atMostMs, stepMs = 100) {
      const startMs = clock.monotonicMs();
      for (;;) {
        if (holds()) return clock.monotonicMs() - startMs;
        if (clock.monotonicMs() - startMs >= atMostMs) throw new Error(`${atMostMs} ms passed until ${holds}`);
        await pass(clock, stepMs, stepMs);
      }
    },
  };
}

/** The same, when everything is read and the event stream counts as good. */
export async function met(...how: Parameters<typeof wire>): Promise<Wired> {
  const wired = await wire(...how);
  await wired.until(() => wired.bridge.status.get().sensors !== undefined);
  if (wired.bridge.status.get().api === "v2") await wired.until(() => wired.fake.streams.count() === 1);
  await wired.pass(6_000);
  return wired;
}

/** The most connections of any 3 minutes so far. */
export function watchConnections({ fake, clock }: Pick<Wired, "fake" | "clock">) {
  const at: { ms: number; connections: number }[] = [{ ms: clock.monotonicMs(), connections: fake.connections }];
  return {
    note: () => at.push({ ms: clock.monotonicMs(), connections: fake.connections }),
    most: () =>
      Math.max(
        ...at.map(
          ({ ms, connections }) =>
            connections - (at.findLast((before) => before.ms <= ms - 180_000)?.connections ?? at[0]?.connections ?? 0),
        ),
      ),
  };
}

/** What it was asked, in order. */
export const kinds = ({ received }: FakeBridge) => received.map(({ kind }) => kind);
