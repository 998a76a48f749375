import { type Clock, realClock } from "../../src/clock.ts";
import { type Processor, type RelayBoard, relayBoard, type Surroundings } from "./fake-board.ts";
import { originalSketch } from "./fake-sketch.ts";
import { byteMs, uart } from "./fake-uart.ts";

/** The relay board with its original firmware, played by a script at the byte boundary. */
export type ScriptedBoard = RelayBoard;

/** A relay board that is plugged in and running, with nobody at its port. On the default clock it runs in real time. */
export function scriptedBoard({ clock = realClock }: { clock?: Clock } = {}): ScriptedBoard {
  function start({ power, send, setRelay }: Surroundings): Processor {
    const input = uart(clock, power);
    void originalSketch({
      clock,
      power,
      uart: input,
      setRelay: (relay, on) => setRelay(relay, on, clock.monotonicMs()),
      // The board does nothing else while it prints, as the original does.
      async print(line) {
        const bytes = Buffer.from(`${line}\r\n`, "latin1");
        await clock.sleep(bytes.length * byteMs, power);
        send(bytes);
      },
    });
    return { receive: input.receive, catchUp() {} };
  }

  return relayBoard(clock, start);
}
