import { Duplex } from "node:stream";
import type { SerialMachine } from "./pty.ts";

/**
 * The host's end of a machine's cable, open from now until it is destroyed, without any operating system in between.
 * When the machine is unplugged it closes, with no error, as a serial port mostly does.
 */
export function memoryPort(machine: SerialMachine): Duplex {
  const port = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      machine.receive(chunk);
      done();
    },
    destroy(error, done) {
      stopSending();
      stopUnplugged();
      machine.closed();
      done(error);
    },
  });
  const stopSending = machine.onSend((bytes) => port.push(bytes));
  const stopUnplugged = machine.onUnplug(() => port.destroy());
  machine.opened();
  return port;
}
