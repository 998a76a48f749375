// The sprinklers daemon as it is, on its real serial port, telling its parent when it is given a message on a topic that
// is nobody's, and when the first byte of a command has been written.
import mqtt from "mqtt";
import { sprinklersDaemon } from "../../devices/sprinklers/main.ts";
import { serialLink } from "../../devices/sprinklers/serial.ts";
import { load } from "../../src/config.ts";
import { run } from "../../src/daemon.ts";
import { createLog } from "../../src/log.ts";

/** Nanoseconds on the system's monotonic clock, which all processes share. */
const tell = (what: "hop" | "written") => process.send?.({ what, atNs: String(process.hrtime.bigint()) });

const stopping = new AbortController();
process.on("SIGTERM", () => stopping.abort());

const daemon = sprinklersDaemon((path) => {
  const link = serialLink(path);
  return {
    ...link,
    async open() {
      const port = await link.open();
      const { stream } = port;
      const write = stream._write.bind(stream);
      // Called back when the system has taken the bytes.
      stream._write = (chunk, encoding, done) =>
        write(chunk, encoding, (error) => {
          tell("written");
          done(error);
        });
      return port;
    },
  };
});
const { config } = await load(daemon, process.argv.slice(3), process.env);
const hop = mqtt.connect(config.mqtt.url, { protocolVersion: 5 });
hop.on("message", () => tell("hop"));
await hop.subscribeAsync("bench/hop");
await run(daemon, config, { log: createLog("sprinklers", "warn", process.stderr), signal: stopping.signal });
await hop.endAsync(true);
