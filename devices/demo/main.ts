import { answered } from "../../src/help.ts";
import { written } from "../../src/written.ts";
import { house, type Options } from "./house.ts";

const PORT = 1883;

const help = `mqtt-things demo [--broker URL] [--port NUMBER] [--health-port NUMBER] [--json]

A house without hardware on this machine: a broker, the daemons, and simulated
hardware. The sprinklers' relays are moved by the firmware itself, as compiled
for a real board; what the blasters of the aircons send is decoded and shown. At
the sensors somebody comes and goes, and a day takes 12 minutes. Ctrl-C ends it.

  --broker URL          use this broker (mqtt://host:1883) instead of an embedded one
  --port NUMBER         port of the embedded broker [${PORT}]; any other if it is taken
  --health-port NUMBER  port of the sprinklers' /livez, /readyz and /metrics [any]
  --json                one line that says where everything is, nothing else
  --help, --version
`;

/** Runs until SIGINT or SIGTERM, or until it finds that nobody reads it any more; resolves with the exit code. */
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
  process.stdout.on("error", stop);
  return await written(process, async () => {
    await house(options, stopping);
    return 0;
  });
}

function parse(argv: readonly string[]): Options | string {
  const options: Options = { broker: undefined, port: PORT, healthPort: 0, json: false };
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
      case "-health-port": {
        const port = Number(rest.shift());
        if (!Number.isInteger(port) || port < 0 || port > 65_535) return `${name} needs a number from 0 to 65535`;
        if (name.endsWith("health-port")) options.healthPort = port;
        else options.port = port;
        break;
      }
      default:
        return `unknown flag ${name}`;
    }
  }
  return options;
}
