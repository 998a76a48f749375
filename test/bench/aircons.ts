import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FakeBroadlink } from "../../src/broadlink/fake.ts";
import { serve } from "./daemon.ts";
import type { Command } from "./figures.ts";
import { hopMs } from "./hop.ts";
import { airconsBase, lounge } from "./lounge.ts";
import { residentMb } from "./process.ts";
import { median, ms, quantile, type Row, ratio } from "./row.ts";

const COMMANDS = 1_000;
const AIRCONS = 100;
const BLASTERS = 20;
const SETTLE_MS = 5_000;

/** Resolves when the unit sends its next code into the room. */
function nextCode(unit: FakeBroadlink): Promise<void> {
  return new Promise((resolve) => {
    const seen = unit.infrared as Buffer[];
    seen.push = (...codes) => {
      resolve();
      return Array.prototype.push.apply(seen, codes);
    };
  });
}

/** How long a command takes to the blaster, and in how many questions. */
export async function airconLatency(folder: string, command: Command): Promise<Row> {
  await using house = await lounge(folder);
  const { person, blasters } = house;
  const [unit] = blasters;
  if (!unit) throw new Error("no blaster");
  const { stream } = person.client;
  if (stream instanceof Socket) stream.setNoDelay(true);
  await using _ = await serve(house, command);
  const base = `${airconsBase}/${house.names[0]}`;
  await person.publish(`${base}/power/set`, "ON");
  await person.until(`${base}/power/get`, "ON");
  unit.forget();
  const over: number[] = [];
  const hops: number[] = [];
  for (let n = 0; n < COMMANDS; n++) {
    const hop = await hopMs(person, String(n));
    hops.push(hop);
    const payload = String(20 + (n % 2));
    const code = nextCode(unit);
    const shown = person.next(`${base}/temperature/get`, payload);
    const beganMs = performance.now();
    person.client.publish(`${base}/temperature/set`, payload);
    await code;
    over.push(performance.now() - beganMs - hop);
    await shown;
  }
  const questions = unit.received.filter(({ kind }) => kind === "command").length / COMMANDS;
  const [p50, p99] = [median(over), quantile(over, 0.99)];
  return {
    what: `aircons: publish of a command to the infrared packet at the blaster, ${COMMANDS.toLocaleString("en")} commands, over the broker hop (p50 ${ms(median(hops))}, p99 ${ms(quantile(hops, 0.99))}), and questions a command`,
    target: "p50 ≤ 3 ms, p99 ≤ 10 ms; 1",
    reached: `p50 ${ms(p50)}, p99 ${ms(p99)}; ${questions}`,
    ok: p50 <= 3 && p99 <= 10 && questions === 1,
  };
}

/** A hundred aircons are told something at once; what they take, against one. */
export async function airconBurst(folder: string, command: Command): Promise<Row> {
  const memory = async (size: { aircons: number; blasters: number }) => {
    await using house = await lounge(folder, size);
    await using daemon = await serve(house, command);
    const { person, names } = house;
    const shown = names.map((name) => person.next(`${airconsBase}/${name}/power/get`, "ON"));
    const beganMs = performance.now();
    await Promise.all(names.map((name) => person.publish(`${airconsBase}/${name}/power/set`, "ON")));
    await Promise.all(shown);
    const tookMs = performance.now() - beganMs;
    await sleep(SETTLE_MS);
    return { tookMs, mb: await residentMb(daemon.pid) };
  };
  const one = await memory({ aircons: 1, blasters: 1 });
  const many = await memory({ aircons: AIRCONS, blasters: BLASTERS });
  const growth = many.mb / one.mb;
  return {
    what: `${AIRCONS} aircons on ${BLASTERS} blasters: a command each at once, to all sent and published; memory against one (${one.mb.toFixed(1)} MB)`,
    target: "≤ 1 s; ≤ 1.3 ×",
    reached: `${(many.tookMs / 1_000).toFixed(2)} s; ${ratio(growth)}`,
    ok: many.tookMs <= 1_000 && growth <= 1.3,
  };
}
