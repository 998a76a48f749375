import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { makeCertificates } from "./certificates.ts";
import { endWithUs } from "./children.ts";
import { type MosquittoOptions, writeConfiguration } from "./mosquitto-configuration.ts";
import { freePort } from "./ports.ts";

/** A Mosquitto broker of its own, on loopback, in a folder of its own. */
export interface Mosquitto extends AsyncDisposable {
  port: number;
  url: string;
  /** Everything it has said, over all its starts. */
  log(): string;
  /** Ends it in an orderly way (SIGTERM), and waits until it is gone. */
  stop(): Promise<void>;
  /** Ends it as a power cut does (SIGKILL), and waits until it is gone. */
  kill(): Promise<void>;
  /** Stands still with its connections open (SIGSTOP); the kernel goes on accepting bytes for it. */
  freeze(): void;
  thaw(): void;
  /** Starts it again after `stop()` or `kill()`: the same port, folder and configuration. */
  start(): Promise<void>;
}

/** The same with TLS: the authority to trust, and a certificate pair to show, as paths of PEM files. */
export interface TlsMosquitto extends Mosquitto {
  caFile: string;
  clientCert: string;
  clientKey: string;
}

const connectPacket = Buffer.from("\x10\x11\0\x04MQTT\x04\x02\0\x05\0\x05ready", "latin1");

/** Resolves when the broker answers, be it with a refusal: the kernel accepts connections before it is ready. */
function answered(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(connectPacket));
    socket.on("data", () => socket.destroy());
    // What TLS makes of these bytes may be a reset; that is an answer too.
    socket.on("error", () => {});
    socket.on("close", () => resolve());
  });
}

/** Starts Mosquitto on loopback and waits until it accepts connections. Throws with its log when it does not start. */
export function startMosquitto(options: MosquittoOptions & { tls: true }): Promise<TlsMosquitto>;
export function startMosquitto(options?: MosquittoOptions): Promise<Mosquitto>;
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const folder = await mkdtemp(join(tmpdir(), "mosquitto-"));
  try {
    return await startIn(folder, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(folder: string, options: MosquittoOptions): Promise<Mosquitto> {
  const port = options.port ?? (await freePort());
  const pem = options.tls ? await makeCertificates(folder) : undefined;
  const configuration = await writeConfiguration(folder, port, options, pem);
  const env = { ...process.env, PATH: `${process.env.PATH ?? ""}${delimiter}/usr/sbin` };
  let log = "";
  let child: ChildProcess | undefined;

  async function start() {
    if (child) throw new Error("mosquitto is running already");
    const started = spawn("mosquitto", ["-c", configuration], { stdio: ["ignore", "ignore", "pipe"], env });
    let said = "";
    child = started;
    endWithUs(started);
    await new Promise<void>((resolve, reject) => {
      started.stderr.setEncoding("utf8").on("data", (text: string) => {
        log += text;
        said += text;
        if (/mosquitto version \S+ running/.test(said)) resolve();
      });
      started.once("error", reject);
      started.once("close", () => {
        if (child === started) child = undefined;
        reject(new Error(`mosquitto did not start:\n${said}`));
      });
    });
    // A signal between that line and its first turn would be lost.
    await answered(port);
  }

  async function end(signal: "SIGTERM" | "SIGKILL") {
    const ending = child;
    if (!ending) return;
    const gone = new Promise<void>((resolve) => ending.once("close", () => resolve()));
    ending.kill(signal);
    // A process that stands still receives SIGTERM only when it goes on.
    ending.kill("SIGCONT");
    await gone;
  }

  await start();
  return {
    port,
    url: `${pem ? "mqtts" : "mqtt"}://127.0.0.1:${port}`,
    ...(pem && { caFile: pem.caFile, clientCert: pem.clientCert, clientKey: pem.clientKey }),
    log: () => log,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    start,
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
