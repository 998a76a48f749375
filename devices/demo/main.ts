import { readFileSync } from "node:fs";
import { connect } from "mqtt";
import { run } from "../../src/daemon.ts";
import { answered } from "../../src/help.ts";
import { createLog } from "../../src/log.ts";
import { sprinklersDaemon } from "../sprinklers/main.ts";
import { simulatedBoard } from "../sprinklers/simulated-board.ts";
import { startBroker } from "./broker.ts";
import { gardenConfig, simulatedLink } from "./garden.ts";
import { type Row, screen } from "./screen.ts";

const PORT = 1883;
const FIRMWARE = new URL("../sprinklers/firmware/sprinklers.hex", import.meta.url);

const help = `mqtt-things demo [--broker URL] [--port NUMBER] [--json]

A house without hardware on this machine: a broker, the sprinklers daemon, and a
simulated relay board. What moves its relays is the firmware itself, as compiled
for a real board, instruction by instruction. Ctrl-C ends it.

  --broker URL    use this broker (mqtt://host:1883) instead of an embedded one
  --port NUMBER   port of the embedded broker [${PORT}]; any other if it is taken
  --json          one line that says where everything is, nothing else
  --help, --version
`;

interface Options {
  broker: string | undefined;
  port: number;
  json: boolean;
}

/** Runs until SIGINT or SIGTERM; resolves with the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  if (answered(argv, () => help)) return 0;
  const options = parse(argv);
  if (typeof options === "string") {
    process.stderr.write(`${options}\n\n${help}`);
    return 64;
  }
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.on("SIGINT", stop).on("SIGTERM", stop);
  await house(options, stopping);
  return 0;
}

function parse(argv: readonly string[]): Options | string {
  const options: Options = { broker: undefined, port: PORT, json: false };
  const rest = argv.flatMap((argument) =>
    argument.startsWith("-") ? argument.split(/=(.*)/s).slice(0, 2) : [argument],
  );
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    switch (name.replace(/^--?/, "-")) {
      case "-json":
        options.json = true;
        break;
      case "-broker":
        options.broker = rest.shift();
        if (!/^mqtts?:\/\/[^\s/]+\/?$/.test(options.broker ?? ""))
          return "--broker needs a URL such as mqtt://host:1883";
        break;
      case "-port":
        options.port = Number(rest.shift());
        if (!Number.isInteger(options.port) || options.port < 0 || options.port > 65_535)
          return "--port needs a number from 0 to 65535";
        break;
      default:
        return `unknown flag ${name}`;
    }
  }
  return options;
}

async function house({ broker, port, json }: Options, stopping: AbortController): Promise<void> {
  await using own = new AsyncDisposableStack();
  const embedded = broker === undefined ? own.use(await startBroker(port)) : undefined;
  const url = broker ?? `mqtt://127.0.0.1:${embedded?.port}`;
  const say = (line: string) => void (json || process.stdout.write(`${line}\n`));
  if (embedded && embedded.port !== port && port !== 0) say(`port ${port} is taken, using ${embedded.port}`);

  const config = gardenConfig(url);
  const board = simulatedBoard({ hex: readFileSync(FIRMWARE, "utf8") });
  own.defer(board.unplug);
  const log = createLog("demo", "warn", process.stderr);
  let healthPort: number | undefined;
  const daemon = run(
    sprinklersDaemon(() => simulatedLink(board)),
    config,
    {
      log,
      signal: stopping.signal,
      onHealth: (port) => {
        healthPort = port;
      },
    },
  );
  // Whatever ends the daemon ends the demo.
  daemon.finally(() => stopping.abort()).catch(() => {});

  const { base_topic: base } = config;
  const rows: Row[] = config.zones.map(({ relay, name = "" }) => ({ bank: relay, name, relay: false, said: {} }));
  const target = new URL(url);
  const options = [
    ...(target.hostname === "127.0.0.1" ? [] : [`-h ${target.hostname}`]),
    ...(target.port === "" || target.port === "1883" ? [] : [`-p ${target.port}`]),
  ];
  const command = (name: string, rest: string) => `  ${[name, ...options, rest].join(" ")}`;
  const show = screen(process.stdout, [
    "Try, in another terminal:",
    command("mosquitto_pub", `-t ${base}/bank/2/state/set -m 1`),
    command("mosquitto_pub", `-t ${base}/bank/3/run/set -m 20`),
    command("mosquitto_pub", `-t ${base}/rain_delay/set -m 24`),
    command("mosquitto_pub", `-t ${base}/all_off/set -m PRESS`),
    command("mosquitto_sub", `-v -t '${base}/#'`),
    "Ctrl-C ends it.",
  ]);
  const refresh = () => void (json || show(rows));

  board.onRelay((relay, on) => {
    for (const row of rows) if (row.bank === relay) row.relay = on;
    refresh();
  });
  const ready = Promise.withResolvers<void>();
  const viewer = connect(url, { protocolVersion: 4, reconnectPeriod: 1_000 });
  viewer.on("error", () => {});
  viewer.on("connect", () => viewer.subscribe(`${base}/#`));
  viewer.on("message", (topic, payload) => {
    if (topic === `${base}/availability/get` && payload.toString() === "online") ready.resolve();
    const [, bank, aspect] = /\/bank\/(\d)\/(\w+)\/get$/.exec(topic) ?? [];
    for (const row of rows)
      if (aspect && row.bank === Number(bank)) row.said = { ...row.said, [aspect]: payload.toString() };
    if (aspect) refresh();
  });
  own.defer(async () => void (await viewer.endAsync(true)));

  say(
    `broker  ${url}${embedded ? " (embedded, MQTT 3.1.1)" : ""}\nboard   simulated, runs the compiled firmware; 8 relays, zones on 2, 3 and 4\ntopics  ${base}/bank/<2|3|4>/{state,run,duration}/set, …/get`,
  );
  await Promise.race([ready.promise, daemon]);
  if (json && !stopping.signal.aborted) {
    const topics = { base, command: `${base}/bank/2/state/set`, state: `${base}/bank/2/state/get` };
    process.stdout.write(
      `${JSON.stringify({ broker: url, board: "in memory", health: `http://127.0.0.1:${healthPort}`, topics })}\n`,
    );
  }
  if (!process.stdout.isTTY) {
    say("ready. Try, in another terminal:");
    say(command("mosquitto_pub", `-t ${base}/bank/2/state/set -m 1`));
    say(command("mosquitto_sub", `-v -t '${base}/#'`));
  }
  await daemon;
  say("the garden is closed");
}
