import { connect } from "mqtt";
import { createLog } from "../../src/log.ts";
import { aircons } from "./aircons.ts";
import { startBroker } from "./broker.ts";
import { garden } from "./garden.ts";
import type { Room, Site } from "./room.ts";
import { screen } from "./screen.ts";
import { sensors } from "./sensors.ts";

const REFRESH_MS = 100;

/** What the command line asks for. */
export interface Options {
  broker: string | undefined;
  port: number;
  healthPort: number;
  json: boolean;
}

/** Builds the house, shows it, and takes it down when the signal aborts or one of its daemons ends. */
export async function house(
  { broker, port, healthPort: wanted, json }: Options,
  stopping: AbortController,
): Promise<void> {
  await using own = new AsyncDisposableStack();
  const say = (line: string) => void (json || process.stdout.write(`${line}\n`));
  const embedded = broker === undefined ? own.use(await startBroker(port)) : undefined;
  const url = broker ?? `mqtt://127.0.0.1:${embedded?.port}`;
  if (embedded && embedded.port !== port && port !== 0) say(`port ${port} is taken, using ${embedded.port}`);

  let healthPort: number | undefined;
  const site: Site = {
    mqtt: url,
    log: createLog("demo", "warn", process.stderr),
    signal: stopping.signal,
  };
  const rooms: Room[] = [
    own.use(
      garden(site, {
        port: wanted,
        opened: (port) => {
          healthPort = port;
        },
      }),
    ),
    own.use(await aircons(site)),
    own.use(await sensors(site)),
  ];
  const daemons = Promise.all(rooms.map(({ daemon }) => daemon));
  // Whatever ends a daemon ends the demo.
  for (const { daemon } of rooms) daemon.finally(() => stopping.abort()).catch(() => {});

  const viewer = watch(url, rooms);
  own.defer(viewer.end);
  say(`broker  ${url}${embedded ? " (embedded, MQTT 3.1.1)" : ""}`);
  for (const { about } of rooms) say(`${about.hardware}\ntopics  ${about.topics}`);

  const tries = triesOf(url, rooms);
  function show(footer: readonly string[]): void {
    const timer = setInterval(screen(process.stdout, rooms, footer), REFRESH_MS);
    own.defer(async () => clearInterval(timer));
  }
  const terminal = process.stdout.isTTY && !json;
  if (terminal) show(["Ctrl-C ends it. Try, in another terminal:", ...tries]);
  await Promise.race([viewer.ready, daemons]);
  const built = !stopping.signal.aborted;
  if (json && built) process.stdout.write(`${JSON.stringify(whereabouts(url, healthPort, rooms))}\n`);
  if (!json && !terminal && built) {
    for (const line of ["ready. Try, in another terminal:", ...tries]) say(line);
    show([]);
  }
  await daemons;
  say("the house is closed");
}

/** Hears what is said of the rooms; `ready` resolves when everything in them is available. */
function watch(url: string, rooms: readonly Room[]) {
  const ready = Promise.withResolvers<void>();
  const away = new Set(rooms.flatMap(({ base, availability }) => availability.map((topic) => `${base}/${topic}`)));
  const viewer = connect(url, { protocolVersion: 4, reconnectPeriod: 1_000 });
  viewer.on("error", () => {});
  viewer.on("connect", () => viewer.subscribe(rooms.map(({ base }) => `${base}/#`)));
  viewer.on("message", (topic, payload) => {
    if (payload.toString() === "online") away.delete(topic);
    if (away.size === 0) ready.resolve();
    for (const room of rooms) {
      if (topic.startsWith(`${room.base}/`)) room.heard(topic.slice(room.base.length + 1), payload.toString());
    }
  });
  return { ready: ready.promise, end: async () => void (await viewer.endAsync(true)) };
}

/** Commands to paste. */
function triesOf(url: string, rooms: readonly Room[]): string[] {
  const { hostname, port } = new URL(url);
  const options = [
    ...(hostname === "127.0.0.1" ? [] : [`-h ${hostname}`]),
    ...(port === "" || port === "1883" ? [] : [`-p ${port}`]),
  ];
  const command = (name: string, ...rest: string[]) => `  ${[name, ...options, ...rest].join(" ")}`;
  return [
    ...rooms.flatMap(({ base, tries }) =>
      tries.map(({ topic, payload }) => command("mosquitto_pub", `-t ${base}/${topic}`, `-m ${payload}`)),
    ),
    command("mosquitto_sub", "-v", "-t 'home/#'"),
  ];
}

/** Where everything is, for a program. */
function whereabouts(broker: string, healthPort: number | undefined, rooms: readonly Room[]) {
  const [{ base }] = rooms as [Room];
  const topics = { base, command: `${base}/bank/2/state/set`, state: `${base}/bank/2/state/get` };
  const bases = rooms.map(({ base }) => base);
  return { broker, board: "in memory", health: `http://127.0.0.1:${healthPort}`, topics, bases };
}
