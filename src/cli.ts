import { version } from "./version.ts";

/** Every word of the command line, with what it starts. Each returns the exit code. */
const words: Record<string, { help: string; load(): Promise<{ main(argv: string[]): Promise<number> }> }> = {
  sprinklers: { help: "sprinkler relays on an Arduino", load: () => import("../devices/sprinklers/main.ts") },
  board: { help: "a look at the relay board, by hand", load: () => import("../devices/sprinklers/board.ts") },
  "smart-aircons": { help: "aircons by infrared", load: () => import("../devices/smart-aircons/main.ts") },
  ir: {
    help: "infrared codes: encode, decode, convert, check, learn",
    load: () => import("../devices/smart-aircons/tools/ir.ts"),
  },
  sensors: { help: "Hue and Broadlink sensors", load: () => import("../devices/sensors/main.ts") },
  hue: { help: "pairing with a Hue bridge", load: () => import("../devices/sensors/hue.ts") },
  discover: {
    help: "blasters and bridges that can be seen from here",
    load: () => import("../devices/discover/main.ts"),
  },
  demo: { help: "the whole house, simulated, on this machine", load: () => import("../devices/demo/main.ts") },
};

const usage = `mqtt-things: the odd hardware of a house in Home Assistant, over MQTT

${Object.entries(words)
  .map(([word, { help }]) => `  mqtt-things ${word.padEnd(13)} ${help}`)
  .join("\n")}

  mqtt-things WORD --help      its flags
  mqtt-things --version
`;

async function start([word = "", ...rest]: string[]): Promise<number> {
  const known = Object.hasOwn(words, word) ? words[word] : undefined;
  if (known) return (await known.load()).main(rest);
  if (/^--?version$/.test(word)) process.stdout.write(`mqtt-things ${version}\n`);
  else if (/^(--?h|(--?)?help)$/.test(word)) process.stdout.write(usage);
  else {
    process.stderr.write(`${word ? `unknown word ${word}` : "which daemon?"}\n\n${usage}`);
    return 64;
  }
  return 0;
}

process.exit(await start(process.argv.slice(2)));
