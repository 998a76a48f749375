import { allRelays, answer, timeout } from "./on-board.ts";

const deadManMs = 30_000;
const shown = 16;

/** What the board's README promises, without the 4 h and what is lost. */
export interface Model {
  /** What is said to a line, without its end, that has come by now: nothing or one answer. */
  line(text: string, nowMs: number): (string | RegExp)[];
  /** What went off by itself until now, and was not told before. */
  timeouts(nowMs: number): string[];
  on(): number[];
}

/** A board after its reset. */
export function model(): Model {
  const lastOnMs = new Map<number, number>();

  function status(nowMs: number): RegExp {
    const fields = allRelays.map((relay) => {
      const onMs = lastOnMs.get(relay);
      return `${relay}=${onMs === undefined ? "off" : `on:(${millis(onMs + deadManMs - nowMs)})`}`;
    });
    return new RegExp(`^INFO: status ${fields.join(" ")}$`);
  }

  return {
    on: () => [...lastOnMs.keys()].sort(),
    timeouts(nowMs) {
      const over = [...lastOnMs].filter(([, onMs]) => nowMs - onMs >= deadManMs).sort(([, a], [, b]) => a - b);
      for (const [relay] of over) lastOnMs.delete(relay);
      return over.map(([relay]) => timeout(relay));
    },
    line(text, nowMs) {
      const [, digit, state] = /^([1-8]),(on|off)$/.exec(text) ?? [];
      if (digit && state) {
        if (state === "on") lastOnMs.set(Number(digit), nowMs);
        else lastOnMs.delete(Number(digit));
        return [answer(Number(digit), state)];
      }
      if (text === "") return [];
      if (text === "version") return ["INFO: version mqtt-things 1.0.0"];
      return [text === "status" ? status(nowMs) : refusal(text)];
    },
  };
}

/** A number of milliseconds, as one of those that the chip may have counted. */
const millis = (ms: number) => [-3, -2, -1, 0, 1, 2, 3].map((off) => Math.round(ms) + off).join("|");

/** The answer to a bad line that ends with CR and LF: the CR counts as more, if it is the 17th byte. */
export function refusal(text: string): string {
  const quoted = text.slice(0, shown).replace(/[^ !#-[\]-~]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return `ERROR: unknown request "${quoted}"${text.length >= shown ? "..." : ""}`;
}
