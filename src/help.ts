import { type Configurable, flagsOf } from "./config.ts";
import { version } from "./version.ts";

/** Answers `--help` and `--version` on stdout; whether one of them was asked for. */
export function answered(argv: readonly string[], help: () => string): boolean {
  const asked = (what: RegExp) => argv.some((argument) => what.test(argument));
  const answer = asked(/^--?(h|help)$/) ? help() : asked(/^--?version$/) ? `mqtt-things ${version}\n` : undefined;
  if (answer !== undefined) process.stdout.write(answer);
  return answer !== undefined;
}

/** The usage that goes with an error: short enough that the error stays on the screen. */
export function usage(daemon: Configurable<unknown>): string {
  return [
    `usage: mqtt-things ${daemon.name} [-config FILE] [-check] [flags]`,
    ...originals(daemon, ["-help", "lists all flags and keys, and says how variables are named"]),
    "",
  ].join("\n");
}

/** `--help` of a daemon: how to start it, the original's flags, and every key as a flag. */
export function help(daemon: Configurable<unknown>): string {
  const own = [
    ["-config FILE", "YAML file; without one, flags and environment are all there is (MQTT_THINGS_CONFIG)"],
    ["-check", "say whether the configuration is valid, and exit"],
    ["-help, -version", "say this, or the version, and exit"],
  ];
  const keys = flagsOf(daemon).keys.map(({ flag, help, initial }) => [
    `-${flag}`,
    `${help}${initial === undefined ? "" : ` [${initial}]`}`,
  ]);
  return [
    `mqtt-things ${daemon.name} [-config FILE] [-check] [flags]`,
    "",
    "Flags take one dash or two, and a value after a blank or =. They win over the",
    "environment, the environment over the file. README.md has a file to begin with.",
    "",
    ...table(own),
    "",
    "Enough without a file, as in the original mqtt_things:",
    ...originals(daemon),
    "",
    "Every key of the file as a flag, with its [default with a file]; mqtt.ca_file is",
    "-mqttCaFile, and the variable MQTT_THINGS_MQTT_CA_FILE:",
    ...table(keys),
    "",
  ].join("\n");
}

function originals(daemon: Configurable<unknown>, ...more: string[][]): string[] {
  const rows = flagsOf(daemon).named.map(({ name, placeholder, repeats, help }) => [
    `-${name} ${placeholder}`,
    `${help}${repeats ? " (repeats)" : ""}`,
  ]);
  return table([...rows, ...more]);
}

function table(rows: (string | undefined)[][]): string[] {
  const width = Math.max(...rows.map(([left]) => left?.length ?? 0));
  return rows.map(([left = "", right = ""]) => `  ${left.padEnd(width)}  ${right}`);
}
