import type { Clock } from "../../src/clock.ts";
import type { Faults } from "./fake-faults.ts";
import { damageLines } from "./fake-lines.ts";

/** What lies between the host's port and the board's: here bytes are counted, damaged, held up and lost. */
export interface Cable {
  /** True while the host has the port open: what the board sends at other times nobody hears. */
  readonly isOpen: boolean;
  /** The lines the host has sent, in order, trimmed, heard or not; the last 10,000. */
  readonly received: readonly string[];
  opened(): void;
  closed(): void;
  /** What reaches the board of these bytes from the host. */
  fromHost(bytes: Buffer): Buffer;
  /** The board has sent these bytes, whole lines or one by one. */
  toHost(bytes: Buffer): void;
  /** Bytes for the host from nowhere: at once, and whatever the faults say. */
  noise(bytes: Buffer): void;
  onSend(listener: (bytes: Buffer) => void): () => void;
}

const receivedLines = 10_000;

/** A cable with these faults. */
export function cable(clock: Clock, faults: Faults): Cable {
  const received: string[] = [];
  const listeners = new Set<(bytes: Buffer) => void>();
  let session: { pending: number; sent: Promise<void> } | undefined;
  let lines = damageLines(faults, toHost);
  let line = "";
  let previous = "";

  const emit = (bytes: Buffer) => {
    for (const listener of listeners) listener(bytes);
  };

  const note = (character: string) => {
    line += character;
    if (character !== "\n") return;
    received.push(line.trim());
    if (received.length > receivedLines) received.shift();
    line = "";
  };

  const damage = (byte: number) => {
    const garble = previous === "," && faults.garbleCommands > 0;
    previous = String.fromCharCode(byte);
    if (!garble) return byte;
    faults.garbleCommands--;
    return byte ^ 0x08;
  };

  function toHost(bytes: Buffer, lateMs: number): void {
    const to = session;
    if (!to || faults.silent) return;
    if (lateMs <= 0 && to.pending === 0) {
      emit(bytes);
      return;
    }
    // What is late holds up what comes after it, and is gone when the host closes the port meanwhile.
    const dueMs = clock.monotonicMs() + lateMs;
    to.pending++;
    to.sent = to.sent.then(async () => {
      await clock.sleep(dueMs - clock.monotonicMs());
      to.pending--;
      if (to === session) emit(bytes);
    });
  }

  return {
    get isOpen() {
      return session !== undefined;
    },
    received,
    opened() {
      session = { pending: 0, sent: Promise.resolve() };
      lines = damageLines(faults, toHost);
      line = "";
      previous = "";
    },
    closed() {
      session = undefined;
    },
    fromHost(bytes) {
      for (const byte of bytes) note(String.fromCharCode(byte));
      return faults.deaf ? Buffer.alloc(0) : Buffer.from(bytes.map(damage));
    },
    toHost: (bytes) => lines(bytes),
    noise(bytes) {
      if (session) emit(bytes);
    },
    onSend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
