import { pino } from "pino";
import { z } from "zod";
import { type Cell, cell } from "../../src/cell.ts";
import type { Clock } from "../../src/clock.ts";
import { type CoreConfig, coreKeys } from "../../src/core-keys.ts";
import { type Daemon, run } from "../../src/daemon.ts";
import { command, type Device, type DeviceEvent, type Entity, type Report, type State } from "../../src/device.ts";
import type { LogLevel } from "../../src/log.ts";
import { numberPayload, wordPayload } from "../../src/payloads.ts";

/** A device without hardware: it does at once what it is told, and tells what it was told. */
export interface ToyDevice {
  device: Device;
  base: string;
  report: Cell<Report>;
  /** Every command that was obeyed: `on=true`, `level=7`. */
  moves: string[];
  /** What it was given at the start; undefined until then. */
  restored: State | undefined;
  /** What came on its input topic. */
  heard: string[];
  press(): void;
}

export interface ToyOptions {
  /** Entities beside the switch, the number and the event. */
  more?: Entity[];
  /** Replaces them all. */
  entities?: Entity[];
}

/** A switch, a number, an event, an input and a topic of its own, below `home/toy/<key>`. */
export function toyDevice(key: string, options: ToyOptions = {}): ToyDevice {
  const base = `home/toy/${key}`;
  const report = cell<Report>({ available: true, state: { on: "OFF", level: "5", count: "0" } });
  const presses: DeviceEvent[] = [];
  const pressed = cell(0);
  const change = (what: string, value: string) => {
    toy.moves.push(`${what}=${value}`);
    const { state } = report.get();
    report.set({ available: true, state: { ...state, [what]: value, count: String(toy.moves.length) } });
    return Promise.resolve();
  };
  const entities: Entity[] = options.entities ?? [
    {
      platform: "switch",
      key: "on",
      name: "On",
      on: "ON",
      off: "OFF",
      state: {
        topic: "on",
        command: command(wordPayload({ ON: "ON", OFF: "OFF" }), (word) => change("on", word)),
      },
    },
    {
      platform: "number",
      key: "level",
      name: "Level",
      ...{ min: 0, max: 10, step: 1, unit: "min", deviceClass: "duration" },
      state: {
        topic: "level",
        command: command(numberPayload("a level", 0, 10), (level) => change("level", String(level))),
      },
    },
    { platform: "event", key: "button", name: "Button", event: "button", types: ["press"] },
    ...(options.more ?? []),
  ];
  const toy: ToyDevice = {
    base,
    report,
    moves: [],
    restored: undefined,
    heard: [],
    press() {
      presses.push({ topic: "button", payload: "press" });
      pressed.set(presses.length);
    },
    device: {
      info: { key, name: `Toy ${key}`, manufacturer: "Nobody", model: "Toy" },
      base,
      entities,
      memory: ["count"],
      states: (signal) => report.values(signal),
      async *events(signal) {
        for await (const _ of pressed.values(signal)) yield* presses.splice(0);
      },
      restore: (saved) => {
        toy.restored = saved;
      },
      inputs: [{ topic: `home/other/${key}`, receive: (payload) => void toy.heard.push(payload) }],
    },
  };
  return toy;
}

/** A daemon of toys, which come and go with the cell. */
export function toyDaemon(devices: Cell<readonly Device[]>): Daemon<CoreConfig> {
  return {
    name: "toy",
    schema: () => z.strictObject({ ...coreKeys }),
    flags: [],
    open: ({ signal }) => devices.values(signal),
  };
}

/** What a daemon has logged. */
export interface Logged {
  lines: { level: string; msg: string; [field: string]: unknown }[];
  /** The messages of these levels, of all when there are none. */
  said(...levels: LogLevel[]): string[];
  /** Everything, as it would be in a file. */
  text(): string;
  /** Resolves with the first line that has this text, said or to come. Throws after `timeoutMs`. */
  until(text: string | RegExp, timeoutMs?: number): Promise<string>;
}

export function captureLog(level: LogLevel = "debug") {
  const raw: string[] = [];
  const watchers = new Set<() => void>();
  const lines: Logged["lines"] = [];
  const write = (line: string) => {
    raw.push(line);
    lines.push(JSON.parse(line));
    for (const watch of watchers) watch();
  };
  const log = pino({ level, base: null, formatters: { level: (label) => ({ level: label }) } }, { write });
  const logged: Logged = {
    lines,
    said: (...levels) =>
      lines.filter((line) => levels.length === 0 || levels.some((l) => l === line.level)).map(({ msg }) => msg),
    text: () => raw.join(""),
    until: (text, timeoutMs = 10_000) =>
      new Promise((resolve, reject) => {
        const done = (result: () => void) => {
          watchers.delete(watch);
          clearTimeout(timer);
          result();
        };
        const watch = () => {
          const line = raw.find((line) => line.search(text) >= 0);
          if (line !== undefined) done(() => resolve(line));
        };
        const late = () =>
          reject(new Error(`${timeoutMs} ms went by before it said ${text}; it said:\n${raw.join("")}`));
        const timer = setTimeout(() => done(late), timeoutMs);
        watchers.add(watch);
        watch();
      }),
  };
  return { log, logged };
}

/** A toy daemon that runs inside the test. */
export interface RunningToy extends AsyncDisposable {
  /** The first device, `home/toy/lamp`. */
  lamp: ToyDevice;
  devices: Cell<readonly Device[]>;
  logged: Logged;
  /** Tells it to stop; resolves with how many ms that took. Throws what it throws. */
  stop(): Promise<number>;
  ended: Promise<void>;
  /** Of its health endpoint, asked for with `health_port: 0`. */
  healthPort: Promise<number>;
}

export interface RunToyOptions {
  /** Beside `mqtt.url`. */
  mqtt?: Record<string, unknown>;
  config?: Record<string, unknown>;
  clock?: Clock;
  level?: LogLevel;
  lamp?: ToyDevice;
  daemon?(devices: Cell<readonly Device[]>): Daemon<CoreConfig>;
}

/** Starts one; it is stopped when it is disposed of. */
export function runToy(url: string, options: RunToyOptions = {}): RunningToy {
  const lamp = options.lamp ?? toyDevice("lamp");
  const devices = cell<readonly Device[]>([lamp.device]);
  const daemon = options.daemon?.(devices) ?? toyDaemon(devices);
  const config = daemon.schema("file").parse({ mqtt: { url, ...options.mqtt }, ...options.config });
  const { log, logged } = captureLog(options.level);
  const stopping = new AbortController();
  const health = Promise.withResolvers<number>();
  const { signal } = stopping;
  const clock = options.clock ? { clock: options.clock } : {};
  const ended = run(daemon, config, { log, signal, onHealth: health.resolve, ...clock });
  ended.catch(() => {});
  return {
    lamp,
    devices,
    logged,
    ended,
    healthPort: health.promise,
    async stop() {
      const since = performance.now();
      stopping.abort();
      await ended;
      return performance.now() - since;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await ended.catch(() => {});
    },
  };
}

/** Topics of the toy daemon's first device, as they are on the wire. */
export const topics = {
  daemon: "mqtt-things/toy/main/availability/get",
  document: "homeassistant/device/mqtt-things_toy_main_lamp/config",
  availability: "home/toy/lamp/availability/get",
  on: "home/toy/lamp/on/get",
  setOn: "home/toy/lamp/on/set",
  level: "home/toy/lamp/level/get",
  setLevel: "home/toy/lamp/level/set",
  count: "home/toy/lamp/count/get",
  button: "home/toy/lamp/button/event",
  input: "home/other/lamp",
} as const;
