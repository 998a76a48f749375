import type { Act } from "./random-acts.ts";
import { master } from "./random-daemon.ts";
import { act } from "./random-doing.ts";
import { type Kind, stepMs, watchedHouse } from "./random-house.ts";
import { truly, watch } from "./wired.ts";

/** What lasts until it is mended. */
const breaks = new Set<Act["do"]>(["break", "unplug", "disconnect", "vanish", "kill", "freeze"]);

/**
 * Lives through these acts, each with the time until the next, then heals everything and sees whether all works. Whatever
 * was healed has its time until the board is available, before anything else breaks. Returns what must not be.
 */
export async function live(kind: Kind, acts: readonly [Act, number][]): Promise<string[]> {
  const house = watchedHouse(kind);
  const { clock, board, ask, pass, until, recover } = house;
  const { problems, say } = house.judging;
  await recover();
  for (const [what, thenMs] of acts) {
    if (breaks.has(what.do)) await recover();
    act(house, what);
    await pass(thenMs);
  }
  act(house, { do: "heal" });
  act(house, { do: "plug" });
  act(house, { do: "start" });
  act(house, { do: "broker back" });
  act(house, { do: "rain", hours: 0 });
  // The last of it still shows: a hang that the watchdog ends, an answer that a try waits for, a banner after a reset.
  await pass(2_000);
  await recover();
  act(house, { do: "all off" });
  await pass(stepMs);
  if (!(await until(() => truly(board).length === 0, 2_000))) say(`all off, and ${truly(board)} are on`);
  const opening = ask(2, 1_000);
  await pass(1_600);
  if (opening?.state !== "resolved") say(`a command after the faults: ${opening?.state} ${opening?.error?.message}`);
  if (String(truly(board)) !== `2,${master}`) say(`zone 2 was asked for, and ${truly(board)} are on`);
  await pass(3_400);
  if (truly(board).length) say(`the last run is over, and ${truly(board)} are on`);
  act(house, { do: "open", relay: 3 });
  await pass(1_600);
  const last = house.daemon();
  await last?.zones[Symbol.asyncDispose]();
  const closed = watch(last?.driver[Symbol.asyncDispose]() ?? Promise.resolve(), clock);
  await until(() => closed.state !== "pending", 4_200);
  if (closed.state !== "resolved") say(`closing: ${closed.state} ${closed.error?.message}`);
  if (truly(board).length) say(`closed, and ${truly(board)} are on`);
  board.unplug();
  return problems;
}
