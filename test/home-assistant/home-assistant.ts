import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { endWithUs } from "../support/children.ts";
import { freePort } from "../support/ports.ts";
import { writeStorage } from "./storage.ts";

/** A Home Assistant Core in a process of its own, with nothing but MQTT. */
export interface HomeAssistant extends AsyncDisposable {
  /** Of its WebSocket API. */
  readonly url: string;
  readonly token: string;
  /** What it has said over all its starts. */
  log(): string;
  /** Its warnings and errors, each with the lines that belong to it. */
  complaints(): string[];
  /** Ends it in an orderly way, as a restart does, and waits until it is gone. */
  stop(): Promise<void>;
  /** Starts it again with what it remembers. Resolves when its port answers, which is before it is done starting. */
  start(): Promise<void>;
}

const { HOME_ASSISTANT_ROOT: root = "", HOME_ASSISTANT: release = "" } = process.env;
const START_MS = 120_000;

/** Starts the release that `inside.sh` has prepared. Throws with its log when it does not answer within two minutes. */
export async function startHomeAssistant(brokerPort: number): Promise<HomeAssistant> {
  const folder = await mkdtemp(join(root, "tmp/home-assistant-"));
  const httpPort = await freePort();
  const token = await writeStorage(folder, { httpPort, brokerPort });
  let said = "";
  let child: ChildProcess | undefined;

  async function start() {
    const python = `/opt/home-assistant-${release}/bin/python`;
    const command = [root, python, "-m", "homeassistant", "--skip-pip", "--config", `/tmp/${basename(folder)}`];
    const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LANG: "C.UTF-8" };
    const started = spawn("chroot", command, { env, stdio: ["ignore", "pipe", "pipe"] });
    child = started;
    endWithUs(started);
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    }
    const headers = { authorization: `Bearer ${token}` };
    for (const end = performance.now() + START_MS; ; ) {
      const answer = await fetch(`http://127.0.0.1:${httpPort}/api/`, { headers }).catch(() => undefined);
      if (answer?.ok) return;
      if (started.exitCode !== null || performance.now() > end) {
        throw new Error(`Home Assistant ${release} does not answer:\n${said.slice(-5_000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async function end(signal: NodeJS.Signals) {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child?.once("close", resolve));
    child.kill(signal);
    await gone;
  }

  const self: HomeAssistant = {
    url: `ws://127.0.0.1:${httpPort}/api/websocket`,
    token,
    log: () => said,
    complaints() {
      const entries = said.split(/\n(?=\d{4}-\d\d-\d\d \d\d:)/);
      return entries.filter((entry) => /^\S+ \S+ (WARNING|ERROR|CRITICAL) /.test(entry));
    },
    stop: () => end("SIGTERM"),
    start,
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
  await start().catch(async (error) => {
    await self[Symbol.asyncDispose]();
    throw error;
  });
  return self;
}
