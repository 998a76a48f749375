// The sprinklers daemon as it is, counting the durations it is given, and those that don't come right after the one
// before. It looks at its memory at every thousandth, and tells its parent when it has them all.
import { sprinklersDaemon } from "../../devices/sprinklers/main.ts";
import { load } from "../../src/config.ts";
import { run } from "../../src/daemon.ts";
import type { Command, Device } from "../../src/device.ts";
import { createLog } from "../../src/log.ts";
import { type Counted, MESSAGES, ROUND } from "./flood-messages.ts";

const stopping = new AbortController();
process.on("SIGTERM", () => stopping.abort());

const counted: Counted = { arrived: 0, misplaced: 0, residentMb: [] };

/** The same command, which notices when a payload is lost, doubled or overtaken. */
function counting(command: Command): Command {
  let before: number | undefined;
  return {
    ...command,
    run(payload) {
      const minutes = Number(payload);
      if (before !== undefined && minutes !== (before % ROUND) + 1) counted.misplaced++;
      before = minutes;
      counted.arrived++;
      if (counted.arrived % 1_000 === 0) counted.residentMb.push(process.memoryUsage.rss() / 1e6);
      if (counted.arrived === MESSAGES) process.send?.(counted);
      return command.run(payload);
    },
  };
}

const watched = (device: Device): Device => ({
  ...device,
  entities: device.entities.map((entity) =>
    entity.platform === "number" && entity.state.command && entity.state.topic.endsWith("/duration")
      ? { ...entity, state: { ...entity.state, command: counting(entity.state.command) } }
      : entity,
  ),
});

const daemon = sprinklersDaemon();
const { config } = await load(daemon, process.argv.slice(3), process.env);
const open: typeof daemon.open = async function* (context) {
  for await (const devices of daemon.open(context)) yield devices.map(watched);
};
const log = createLog("sprinklers", "warn", process.stderr);
await run({ ...daemon, open }, config, { log, signal: stopping.signal });
process.disconnect();
