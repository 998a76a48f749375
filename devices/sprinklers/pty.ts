import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A machine with a serial port, at its byte boundary. Opening the port raises DTR, which resets an Arduino. */
export interface SerialMachine {
  /** The host has opened the port. */
  opened(): void;
  /** The host has closed the port. The machine runs on. */
  closed(): void;
  /** The host has written these bytes. */
  receive(bytes: Buffer): void;
  /** Calls the listener with what the machine sends. Returns how to stop that. */
  onSend(listener: (bytes: Buffer) => void): () => void;
  /** The cable is pulled: power and port are gone. Does nothing when they are. */
  unplug(): void;
  /** Calls the listener when the cable has been pulled. Returns how to stop that. */
  onUnplug(listener: () => void): () => void;
  /** The cable is plugged in: the machine starts. Does nothing when it is. */
  plug(): void;
}

/** A machine behind a real serial device, which any process can open. Disposing of it is pulling the cable. */
export interface PtyPort extends AsyncDisposable {
  readonly path: string;
  /** Pulls the cable: the host's port hangs up and the link is gone. Resolves when both has happened. */
  unplug(): Promise<void>;
}

/**
 * Plugs a machine into a pty that `link` points to. An old link there is replaced. Plug in again by calling it again.
 * Linux only. Throws when python3 is missing or the link can't be made.
 */
export async function boardOnPty(machine: SerialMachine, link: string): Promise<PtyPort> {
  const child = spawn("python3", [fileURLToPath(new URL("./pty.py", import.meta.url)), link]);
  const linked = Promise.withResolvers<void>();
  const complaints: string[] = [];
  const ended = once(child, "close").catch(() => {}); // An "error" rejects it, and is handled below.

  // Bytes and reports come through two pipes: bytes written in the very moment of opening may overtake the "open", and
  // are then lost in the reset, as a real board's bootloader loses them.
  createInterface(child.stderr).on("line", (line) => {
    if (line === "linked") linked.resolve();
    else if (line === "open") machine.opened();
    else if (line === "close") machine.closed();
    else complaints.push(line);
  });
  child.stdout.on("data", (bytes: Buffer) => machine.receive(bytes));
  child.stdin.on("error", () => {}); // The child has ended; "close" says so too.
  child.on("error", (cause) => {
    linked.reject(new Error(`python3 is needed for a board on a pty: ${cause.message}`, { cause }));
  });
  child.on("close", () => linked.reject(new Error(`no pty at ${link}: ${complaints.join("\n")}`)));
  await linked.promise;

  machine.plug();
  const stopSending = machine.onSend((bytes) => child.stdin.write(bytes));
  const stopUnplugged = machine.onUnplug(() => child.kill("SIGTERM"));
  const gone = ended.then(() => {
    stopUnplugged();
    stopSending();
    machine.unplug();
  });

  const unplug = () => {
    machine.unplug();
    child.kill("SIGTERM");
    return gone;
  };
  return { path: link, unplug, [Symbol.asyncDispose]: unplug };
}
