import { readAnyForm } from "./forms.ts";
import { type Io, textOf } from "./io.ts";
import { parseOptions } from "./options.ts";

export const decodeHelp = `mqtt-things ir decode [TEXT|-]

Says what an infrared code says, as JSON on standard output. TEXT is guessed to be
sendir, a Broadlink packet in hexadecimal or Base64, durations in microseconds, the
bytes of a frame in hexadecimal, or Pronto; without TEXT, standard input is read.

  {
    "protocol": "fujitsu-15", or fujitsu-16, mitsubishi-144
    "frameHex": the frame's bytes
    "frames":   how often the frame is sent
    "state":    power, mode, temperatureCelsius, fan, swing, … as the frame says them
    "doubts":   sentences about what was not understood; none means all of it was
  }

Of a protocol that nobody knows, "protocol" is null, "timings" has its kinds of marks
and spaces, in microseconds, and the exit code is 65.
`;

/** `ir decode`. Resolves with the exit code. Throws UsageError, InfraredError. */
export async function decode(argv: readonly string[], io: Io): Promise<number> {
  const { rest } = parseOptions(argv, []);
  const { found } = readAnyForm(await textOf(rest, io));
  const { doubts } = found;
  const said = found.known
    ? { protocol: found.known.protocol, frameHex: found.frameHex, frames: found.frames, state: found.state, doubts }
    : { protocol: null, timings: found.timings, doubts };
  io.stdout.write(`${JSON.stringify(said, null, 2)}\n`);
  if (found.known) return 0;
  io.stderr.write("the code is of no protocol that we know\n");
  return 65;
}
