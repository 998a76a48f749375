import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { assemble } from "../../docker/assemble.ts";
import { residentMb } from "../bench/process.ts";
import { addresses } from "../kubernetes/furnish.ts";
import type { Outcome } from "../kubernetes/house.ts";
import { readBase } from "../kubernetes/manifests.ts";
import { onOwnNode } from "../kubernetes/node.ts";
import { hue, planned } from "../kubernetes/planned.ts";
import { native } from "./base.ts";
import { house, inContainer, inContainers, nameOf, readOnly } from "./containers.ts";
import { cache, run } from "./tools.ts";

const ROUNDS = 5;
const IDLE_MS = 5_000;

/** What containers cost. */
export interface Figures {
  /** Resident memory of each daemon when it is idle. */
  idleMb: number[];
  /** That of a Node that does nothing, in the same image. */
  bareMb: number;
  /** From its start to its devices discovered and online, of the three containers, or processes, together; the fastest. */
  containerMs: number;
  processMs: number;
}

export async function figures(): Promise<Figures> {
  const app = join(cache, "app");
  rmSync(app, { recursive: true, force: true });
  await assemble(app, native, process.execPath);
  const outside = { ...house(), pods: planned(readBase(), hue) };
  const [there, here]: [number[], number[]] = [[], []];
  let idleMb: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const quietMs = round === 0 ? IDLE_MS : 0;
    const outcomes = await inContainers({ ...house(), quietMs, oneByOne: true });
    if (round === 0) idleMb = outcomes.map(({ residentMb }) => residentMb);
    there.push(together(outcomes));
    here.push(together(await onOwnNode({ app, ...outside, oneByOne: true }, Object.values(addresses))));
  }
  // What else this machine does only ever makes them slower.
  return { idleMb, bareMb: await bareMemory(), containerMs: Math.min(...there), processMs: Math.min(...here) };
}

const together = (outcomes: readonly Outcome[]) => outcomes.reduce((sum, { startMs }) => sum + startMs, 0);

async function bareMemory(): Promise<number> {
  const pidFile = join(cache, "bare.pid");
  const options = ["--name", "bare", "--replace", "--pidfile", pidFile, "--network", "none", ...readOnly];
  const idle = [
    "--entrypoint",
    "node",
    nameOf("sprinklers_cli"),
    "-e",
    "console.log('up'); setInterval(() => {}, 1e6)",
  ];
  await using bare = inContainer([...options, ...idle]);
  await bare.untilLog("up", 30_000);
  const mb = await residentMb(Number(readFileSync(pidFile, "utf8")));
  await run("podman", "kill", "bare");
  await bare.exited;
  return mb;
}
