import type { Clock } from "../clock.ts";
import type { Hardware, Measured } from "./fake-commands.ts";
import { type Ear, ear } from "./fake-ear.ts";
import { type Faults, noFaults } from "./fake-faults.ts";
import { runFirmware } from "./fake-firmware.ts";
import { hear, introduce } from "./fake-wire.ts";

/** A unit as it leaves the shop. */
export interface Make extends Hardware {
  type: number;
  mac: string;
  address: string;
  name: string;
  locked: boolean;
  /** A session that it has already granted; without, nobody has authenticated since it started. */
  session?: { id: number; key: Buffer };
}

/** What reached the unit. */
export interface Received {
  kind: "hello" | "ping" | "authentication" | "command" | "noise";
  /** Address and port. */
  sender: string;
  atMs: number;
  datagram: Buffer;
}

/** The unit itself: datagrams in, answers out, wherever they travel (broadlink.md 7). */
export interface SimulatedUnit {
  readonly faults: Faults;
  /** What it did send into the room: each packet, in order. */
  readonly infrared: readonly Buffer[];
  /** What it has heard, repeats too; the last 10,000. */
  readonly received: readonly Received[];
  /** Forgets those two lists, and nothing else. */
  forget(): void;
  /** What people see and change in its maker's app. */
  name: string;
  locked: boolean;
  measured: Measured;
  firmware: number;
  /** What it makes of remote controls. */
  readonly ear: Ear;
  /** Loses its power for a moment: sessions and what it learned are gone. */
  restart(): void;
  /** Takes a datagram; what it answers. `sender` is an address and a port: it may send the same again. */
  receive(datagram: Buffer, sender: string): Buffer | undefined;
}

/** What it remembers of what it has answered, and we of what it was asked. */
const REMEMBERED = 64;
const KEPT = 10_000;

export function simulatedUnit(make: Make, clock: Clock): SimulatedUnit {
  const infrared: Buffer[] = [];
  const received: Received[] = [];
  const answered = new Map<string, Buffer>();

  const self: SimulatedUnit = {
    faults: noFaults(),
    infrared,
    received,
    name: make.name,
    locked: make.locked,
    measured: { temperatureCelsius: 21.37, humidityPercent: 48.65 },
    firmware: 44_075,
    ear: ear(clock),
    forget() {
      infrared.length = 0;
      received.length = 0;
    },
    restart() {
      firmware.restart();
      self.ear.forget();
      answered.clear();
    },
    receive(datagram, sender) {
      const note = (kind: Received["kind"]) => {
        received.push({ kind, sender, atMs: clock.monotonicMs(), datagram });
        if (received.length > KEPT) received.shift();
      };
      if (datagram.length === 0x30 && datagram[0x26] === 6) {
        note("hello");
        return introduce(datagram, { ...make, name: self.name, locked: self.locked });
      }
      const request = hear(datagram);
      if (!request) {
        note(datagram.length === 0x30 && datagram[0x26] === 1 ? "ping" : "noise");
        return undefined;
      }
      note(request.command === 0x65 ? "authentication" : "command");
      // The same counter from the same sender is a repeat: answered again, not done again.
      const repeat = `${sender} ${request.counter}`;
      const reply = answered.get(repeat) ?? firmware.answer(datagram, request);
      answered.set(repeat, reply);
      for (const oldest of answered.keys()) if (answered.size > REMEMBERED) answered.delete(oldest);
      return reply;
    },
  };

  const firmware = runFirmware(make, self, (packet) => infrared.push(packet));
  return self;
}
