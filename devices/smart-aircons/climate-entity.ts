import { command, type Entity } from "../../src/device.ts";
import { numberPayload, wordPayload } from "../../src/payloads.ts";
import { allWords, stepIn, temperatureRange } from "./abilities.ts";
import type { CodeSet } from "./code-sets/code-set.ts";
import type { Control } from "./control.ts";

const sameWords = <W extends string>(words: readonly W[]) =>
  wordPayload<W>(Object.fromEntries(words.map((word) => [word, word])) as Record<string, W>);

/**
 * The climate. What the code set can't send is not there (A6): a fan or a swing without a choice, temperatures where no
 * mode has any.
 */
export function climateEntity(
  set: CodeSet,
  { ask }: Control,
  room: { temperature: unknown; humidity: unknown },
): Entity & { platform: "climate" } {
  const modes = ["off", ...set.abilities.keys()] as const;
  const range = temperatureRange(set);
  // The mode knows its own step and range: only what no mode can snap is refused here.
  const step = Math.max(...[...set.abilities.values()].map((ability) => stepIn([ability.temperaturesCelsius])));
  const fans = allWords(set, "fans");
  const swings = allWords(set, "swings");
  const power = command(wordPayload({ ON: true, OFF: false }), (on) => ask({ kind: "power", on }));
  // The card's own off leaves `mode/get` as it is: that is `off` only after `mode/set off` (legacy.md).
  const hvacMode = command(sameWords(modes), (mode) =>
    ask(mode === "off" ? { kind: "power", on: false } : { kind: "mode", mode }),
  );
  const mode = command(sameWords(modes), (mode) =>
    ask(mode === "off" ? { kind: "off-by-mode" } : { kind: "mode", mode }),
  );
  return {
    platform: "climate",
    key: "climate",
    name: null,
    mode: { topic: "hvac_mode", command: hvacMode },
    modes,
    power: { topic: "power", command: power },
    ...(range && {
      temperature: {
        topic: "temperature",
        command: command(numberPayload("the temperature", range.min, range.max, { step }), (celsius) =>
          ask({ kind: "temperature", celsius }),
        ),
        ...range,
      },
    }),
    ...(fans.length > 1 && {
      fan: { topic: "fan_mode", modes: fans, command: command(sameWords(fans), (fan) => ask({ kind: "fan", fan })) },
    }),
    ...(swings.length > 1 && {
      swing: {
        topic: "swing_mode",
        modes: swings,
        command: command(sameWords(swings), (swing) => ask({ kind: "swing", swing })),
      },
    }),
    ...(room.temperature !== undefined && { currentTemperature: { topic: "current_temperature" } }),
    ...(room.humidity !== undefined && { currentHumidity: { topic: "current_humidity" } }),
    others: [{ topic: "mode", command: mode }],
  };
}
