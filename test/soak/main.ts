import { setTimeout as pass } from "node:timers/promises";
import { parseArgs } from "node:util";
import { emptyHouse, type House } from "../home-assistant/house.ts";
import { available, everybody, registered } from "../home-assistant/shown.ts";
import { faults } from "./faults.ts";
import { luckOf } from "./luck.ts";
import { report } from "./report.ts";
import { storm } from "./storm.ts";
import { untruths, valvesAreTrue } from "./truth.ts";
import { grown, watch } from "./watch.ts";

const MAX_RUN_MS = 120_000;
/** What opening and closing may take beyond the limit: a line to the board, its answer, and a busy machine. */
const GRACE_MS = 3_000;
const WHOLE_MS = 120_000;
/** For so long nothing untrue may be shown at the end. */
const STAYS_MS = 15_000;
/** What a heap may grow by without meaning it. */
const FLAT = { factor: 1.15, mb: 5 };

const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" }, seed: { type: "string" } } });
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!(minutes > 0 && minutes <= 24 * 60) || !Number.isInteger(seed)) {
  process.stderr.write("npm run test:soak -- [--minutes 10] [--seed NUMBER]\n");
  process.exit(64);
}

/**
 * Resolves when everything is available in Home Assistant, a command is obeyed, and all valves are shown as they are. Throws
 * when it takes too long.
 */
async function whole(house: House): Promise<void> {
  const { frontend } = house;
  await available(house, everybody, WHOLE_MS);
  const number = (await registered(frontend)).get("mqtt-things_sprinklers_main_board_bank-4-duration")?.entity_id ?? "";
  const value = frontend.entities.get(number)?.state === "1" ? "2" : "1";
  for (const end = performance.now() + WHOLE_MS; ; ) {
    // It may have gone again, or the command came too soon after a connection.
    await frontend.act("number.set_value", number, { value }).catch(() => {});
    const obeyed = await frontend.until(number, value, 1_500).catch(() => undefined);
    if (obeyed && (await valvesAreTrue(house))) return;
    if (performance.now() > end) throw new Error(obeyed ? "valves are not as shown" : `${number} does not obey`);
    await pass(50);
  }
}

async function soak(): Promise<number> {
  process.stdout.write(`seed ${seed}, ${minutes} min\n`);
  const luck = luckOf(`faults ${seed}`);
  await using house = await emptyHouse({ persistence: true });
  const env = { NODE_OPTIONS: `--require=${new URL("./step-clock.cjs", import.meta.url).pathname}` };
  await house.start("sprinklers", { duration: "1min", max_run: "2min", day_cap: "none" }, env);
  await house.start("smart-aircons", {}, env);
  await house.start("sensors", {}, env);
  await available(house, everybody, WHOLE_MS);

  const [storming, watching] = [new AbortController(), new AbortController()];
  const doings = storm(house, luckOf(`storm ${seed}`), storming.signal);
  const seen = watch(house, doings, MAX_RUN_MS + GRACE_MS, watching.signal);
  let left: typeof faults = [];
  const struck = new Map<string, number[]>();
  const wrongs: string[] = [];
  const endMs = performance.now() + minutes * 60_000;
  while (performance.now() < endMs) {
    // Each once before any comes again: two minutes have all of them.
    if (left.length === 0) left = [...faults];
    const fault = luck.one(left);
    left = left.filter((one) => one !== fault);
    const { name, strike } = fault;
    await strike(house, luck);
    const healedMs = performance.now();
    await whole(house).catch((error) => wrongs.push(`after "${name}" the house did not come back: ${error.message}`));
    const took = performance.now() - healedMs;
    struck.set(name, [...(struck.get(name) ?? []), took]);
    process.stdout.write(`${name}: back after ${(took / 1_000).toFixed(1)} s\n`);
    await pass(luck.between(1_000, 5_000));
  }
  storming.abort();

  // What was asked last may take its time; then it has to be true, and to stay so.
  let wrong = await untruths(house, doings);
  for (let [end, trueSinceMs] = [performance.now() + 90_000, performance.now()]; performance.now() < end; ) {
    if (wrong.length > 0) trueSinceMs = performance.now();
    else if (performance.now() - trueSinceMs > STAYS_MS) break;
    await pass(500);
    wrong = await untruths(house, doings);
  }
  watching.abort();
  const fat = [...seen.memory].flatMap(([name, samples]) => {
    const { before, after } = grown(samples);
    if (after <= before * FLAT.factor + FLAT.mb) return [];
    return [`${name} grew from ${before.toFixed(0)} to ${after.toFixed(0)} MB`];
  });
  wrongs.push(...seen.wrongs, ...wrong, ...fat);
  process.stdout.write(report({ struck, doings, ...seen, wrongs }));
  return wrongs.length === 0 ? 0 : 1;
}

process.exit(await soak());
