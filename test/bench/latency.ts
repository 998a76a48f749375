import { Socket } from "node:net";
import { join } from "node:path";
import { serve } from "./daemon.ts";
import { base, garden } from "./garden.ts";
import { nodeOptions } from "./launcher.ts";
import { median, ms, quantile, type Row } from "./row.ts";

const COMMANDS = 1_000;
/** `1,on\r\n` at 9600 baud, ten bits a byte. */
const WIRE_MS = (6 * 10_000) / 9_600;

const inMs = (ns: bigint) => Number(ns / 1_000n) / 1_000;

/** How long a command takes to the serial port, and to the relay. */
export async function latency(folder: string): Promise<Row[]> {
  await using house = await garden(folder, "latency", 1);
  const { person, board } = house;
  const { stream } = person.client;
  if (stream instanceof Socket) stream.setNoDelay(true);
  const script = join(import.meta.dirname, "latency-daemon.ts");
  await using daemon = await serve(house, [process.execPath, ...nodeOptions(), script], "ipc");
  const waiting = new Map<string, (atMs: number) => void>();
  daemon.child.on("message", ({ what, atNs }: { what: string; atNs: string }) =>
    waiting.get(what)?.(inMs(BigInt(atNs))),
  );
  const told = (what: string) => new Promise<number>((resolve) => waiting.set(what, resolve));
  const nowMs = () => inMs(process.hrtime.bigint());
  const [hops, writes, pins]: [number[], number[], number[]] = [[], [], []];
  for (let n = 0; n < COMMANDS; n++) {
    const hop = told("hop");
    const hopMs = nowMs();
    person.client.publish("bench/hop", "1");
    hops.push((await hop) - hopMs);

    const payload = n % 2 ? "0" : "1";
    const moved = Promise.withResolvers<number>();
    const stop = board.onRelay((_relay, _on, atMs) => moved.resolve(atMs));
    const written = told("written");
    const shown = person.next(`${base}/bank/1/state/get`, payload);
    const [sinceMs, beganMs] = [performance.now(), nowMs()];
    person.client.publish(`${base}/bank/1/state/set`, payload);
    writes.push((await written) - beganMs);
    const pinMs = (await moved.promise) - sinceMs;
    if (payload === "1") pins.push(pinMs);
    stop();
    await shown;
  }
  // Each command against the hop right before it.
  const over = writes.map((write, i) => write - (hops[i] ?? 0));
  const [p50, p99] = [median(over), quantile(over, 0.99)];
  const overWire = median(pins) - WIRE_MS;
  return [
    {
      what: `publish of a command to the first byte written on the serial port, ${COMMANDS.toLocaleString("en")} commands, over the bare broker hop (p50 ${ms(median(hops))}, p99 ${ms(quantile(hops, 0.99))})`,
      target: "p50 ≤ 1 ms, p99 ≤ 5 ms",
      reached: `p50 ${ms(p50)}, p99 ${ms(p99)}`,
      ok: p50 <= 1 && p99 <= 5,
    },
    {
      what: `publish to the relay pin closed, simulated board, 9600 baud, over the wire's own ${ms(WIRE_MS)}`,
      target: "p50 ≤ 3 ms",
      reached: `p50 ${ms(overWire)}`,
      ok: overWire <= 3,
    },
  ];
}
