// `node house.ts PLAN`, on a machine of its own (node.ts): the broker, the simulated board and the fakes, all where the
// manifests say that they are, and pods that are started as the kubelet would. Prints what came of each.
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { residentMb } from "../bench/process.ts";
import type { Person } from "../support/person.ts";
import { startDaemon } from "../support/process.ts";
import { furnish } from "./furnish.ts";
import { type Containers, inItsOwnContainer, inItsOwnPlace, type PlannedPod, pidFile } from "./start.ts";

export interface Plan {
  folder: string;
  /** What `assemble` has made, in place of an image; or how images are run. */
  app: string | Containers;
  /** Whose the port is; otherwise whoever's it happens to be. */
  portMode?: { group: number; mode: number };
  /** Of the broker; with users somebody called homeassistant looks on. */
  users?: Record<string, string>;
  acl?: string;
  /** Where the board is, in this machine's `/dev`. */
  port: string;
  /** Each begins when the one before it is there. */
  oneByOne?: boolean;
  /** How long nothing happens after everything has. */
  quietMs: number;
  signal: "SIGTERM" | "SIGINT";
  pods: readonly PlannedPod[];
}

export interface Outcome {
  name: string;
  /** From its start to everything online. */
  startMs: number;
  /** `/livez`, `/readyz`. */
  health: number[];
  /** Of the daemon itself, at the end of the quiet time. */
  residentMb: number;
  code: number | null;
  /** From the signal to its end. */
  ms: number;
  /** Warnings and errors. */
  complaints: string[];
}

const HEALTH_PORT = 8080;

if (import.meta.main) {
  const plan: Plan = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
  await using stack = new AsyncDisposableStack();
  process.stdout.write(JSON.stringify(await live(plan, stack)));
}

async function live(plan: Plan, stack: AsyncDisposableStack): Promise<Outcome[]> {
  const person = await furnish(plan, stack);
  const prepared = plan.pods.map((pod, i) => prepare(pod, i, plan, stack));
  const outcomes: Promise<Outcome>[] = [];
  for (const pod of prepared) {
    const { there, outcome } = start(pod, plan, person, stack);
    outcomes.push(outcome);
    if (plan.oneByOne) await Promise.race([there, outcome]);
  }
  return Promise.all(outcomes);
}

type Prepared = ReturnType<typeof prepare>;

/** Everything of a pod but its process. */
function prepare(pod: PlannedPod, i: number, { app, folder }: Plan, stack: AsyncDisposableStack) {
  // A pod has an address of its own.
  const host = `127.0.0.${i + 11}`;
  const environment = { MQTT_THINGS_HEALTH_HOST: host, ...pod.environment };
  const stage = join(folder, `pod-${i}`);
  if (typeof app === "string") {
    // As the image's environment has it.
    const env = { MQTT_THINGS_HEALTH_PORT: String(HEALTH_PORT), ...environment };
    return { pod, host, env, words: inItsOwnPlace(pod, app, stage), pid: async (starter: number) => starter };
  }
  const { words, remove } = inItsOwnContainer({ ...pod, environment }, app, stage);
  stack.defer(remove);
  return { pod, host, env: {}, words, pid: async () => Number(await readFile(pidFile(stage), "utf8")) };
}

/** Starts a pod; `there` is when everything of it is online, `outcome` is at its end. */
function start({ pod, host, env, words, pid }: Prepared, plan: Plan, person: Person, stack: AsyncDisposableStack) {
  const [command = "", ...rest] = words;
  const begunMs = performance.now();
  const daemon = stack.use(startDaemon(rest, { command, env }));
  const there = Promise.all(pod.online.map((topic) => person.until(topic, "online", 40_000))).then(
    () => performance.now() - begunMs,
  );
  const ask = async (path: string) => (await fetch(`http://${host}:${HEALTH_PORT}${path}`)).status;
  async function life(): Promise<Outcome> {
    const startMs = await there;
    for (const [topic, payload, answer, answered] of pod.asks) {
      const heard = person.next(answer, answered, 20_000);
      await person.publish(topic, payload);
      await heard;
    }
    const health = [await ask("/livez"), await ask("/readyz")];
    await sleep(plan.quietMs);
    const resident = await residentMb(await pid(daemon.pid));
    daemon.signal(plan.signal);
    const { code, ms } = await daemon.exited;
    const complaints = daemon.lines.map((line) => Object(line)).filter(({ level }) => level !== "info");
    const messages = complaints.map(({ msg }) => msg);
    return { name: pod.name, startMs, health, residentMb: resident, code, ms, complaints: messages };
  }
  const lived = life();
  const ended = daemon.exited.then(async ({ code }) => {
    // Its own end is the last thing that happens to it.
    const outcome = await Promise.race([lived, sleep(1_000)]);
    return outcome ?? Promise.reject(new Error(`it ended with ${code}`));
  });
  const outcome = Promise.race([lived, ended]).catch((error) => {
    throw new Error(`${error.message}\n${daemon.log()}`);
  });
  return { there, outcome };
}
