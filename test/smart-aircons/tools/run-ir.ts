import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { main } from "../../../devices/smart-aircons/tools/ir.ts";

/** Runs `mqtt-things ir` to its end; what comes through stdin is cut into pieces where a list of them is given. */
export async function ir(argv: readonly string[], input: string | Iterable<string> = "") {
  const [stdout, stderr] = [new PassThrough({ highWaterMark: 1e6 }), new PassThrough({ highWaterMark: 1e6 })];
  const stdin = Readable.from(typeof input === "string" ? [Buffer.from(input)] : input);
  const code = await main(argv, { stdin, stdout, stderr });
  stdout.end();
  stderr.end();
  return { code, out: await text(stdout), err: await text(stderr) };
}

/** The same, of a run that must go well: what it says, without its last line end. */
export async function said(argv: readonly string[], input?: string): Promise<string> {
  const { code, out, err } = await ir(argv, input);
  if (code !== 0 || err !== "" || !out.endsWith("\n")) throw new Error(`${argv.join(" ")}: ${code} ${err}${out}`);
  return out.slice(0, -1);
}
