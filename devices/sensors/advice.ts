import type { Logger } from "pino";
import type { Cell } from "../../src/cell.ts";
import type { Clock } from "../../src/clock.ts";
import { complaints } from "../../src/complaints.ts";
import type { BridgeStatus } from "./hue/status.ts";

/** What to paste where to trust the bridge that shows this certificate (requirement N1). */
export const howToPin = (fingerprint: string): string =>
  `if that is your bridge, trust exactly this certificate: "fingerprint: ${fingerprint}" below "hue:" in the ` +
  `configuration file, or the flag -fingerprint ${fingerprint}`;

/** Logs the way out of troubles that the driver can't know, because it knows no configuration. Ends with the signal. */
export async function advise(
  status: Cell<BridgeStatus>,
  { log, clock, signal }: { log: Logger; clock: Clock; signal: AbortSignal },
): Promise<void> {
  const advices = complaints(log, clock);
  let last: string | undefined;
  for await (const { problem } of status.values(signal)) {
    const advice =
      problem?.trouble === "unpaired"
        ? "pair anew, and start this daemon again: mqtt-things hue pair --host HOST --out FILE --force"
        : problem?.fingerprint && howToPin(problem.fingerprint);
    if (advice !== undefined && advice !== last) advices.say(advice);
    last = advice;
  }
}
