import { closeSync, openSync } from "node:fs";
import { cell } from "../../src/cell.ts";
import { main } from "../../src/main.ts";
import { toyDaemon, toyDevice } from "./toy.ts";

// A toy daemon as a process that SIGUSR2 brings into the trouble named in CRASH, or that has it while closing. STDOUT names a file for its log.
if (process.env.STDOUT) {
  // The first free number is the one just closed.
  closeSync(1);
  openSync(process.env.STDOUT, "w");
}
const lamp = toyDevice("lamp");
const devices = toyDaemon(cell([lamp.device]));
const throwLater = (message: string) =>
  setTimeout(() => {
    throw new Error(message);
  });
const later = () => new Promise<void>((resolve) => setTimeout(resolve, 50));
const forEver = () => new Promise<void>(() => {});
const troubles: Record<string, { begin(): void; close(): void | Promise<void> }> = {
  throw: { begin: () => throwLater("surprise"), close: () => {} },
  reject: { begin: () => void Promise.reject(new Error("surprise")), close: () => {} },
  hang: { begin: () => throwLater("surprise"), close: forEver },
  again: {
    begin: () => throwLater("surprise"),
    close: async () => {
      throwLater("another surprise");
      await later();
    },
  },
  twice: {
    begin: () => {},
    close: async () => {
      process.kill(process.pid, "SIGTERM");
      await later();
    },
  },
};
const trouble = troubles[process.env.CRASH ?? ""];
process.on("SIGUSR2", () => trouble?.begin());

const daemon: typeof devices = {
  ...devices,
  open(context) {
    context.own.defer(() => {
      lamp.report.set({ available: true, state: { on: "safe" } });
      return trouble?.close();
    });
    return devices.open(context);
  },
};
process.exit(await main(daemon, process.argv.slice(2)));
