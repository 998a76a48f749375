import type { Act } from "./random-acts.ts";
import { type Kind, master, stepMs, watchedHouse } from "./random-house.ts";
import { truly, type Wired, watch } from "./wired.ts";

/** A board that is plugged in and well is available by then (S3). */
const wellAgainMs = 35_000;

/** Lives through these acts, each with the time until the next, then heals everything and sees whether all works. */
export async function live(kind: Kind, acts: readonly [Act, number][]): Promise<{ wired: Wired; problems: string[] }> {
  const { wired, zones, judging, act, ask, pass } = watchedHouse(kind);
  const { board, clock, driver } = wired;
  const { problems, say } = judging;
  await pass(2_000);
  for (const [what, thenMs] of acts) {
    act(what);
    await pass(thenMs);
  }
  act({ do: "heal" });
  act({ do: "plug" });
  act({ do: "broker back" });
  act({ do: "rain", hours: 0 });
  const healedMs = clock.monotonicMs();
  await pass(2_000);
  while (!driver.status.get().available && clock.monotonicMs() - healedMs < wellAgainMs) await pass(stepMs);
  if (!driver.status.get().available) say("not available 35 s after the last fault");
  act({ do: "all off" });
  await pass(2_000);
  if (truly(board).length) say(`all off, and ${truly(board)} are on`);
  const opening = ask(2, 2_000);
  await pass(1_600);
  if (opening.state !== "resolved") say(`a command after the faults: ${opening.state} ${opening.error?.message}`);
  if (String(truly(board)) !== `2,${master}`) say(`zone 2 was asked for, and ${truly(board)} are on`);
  await pass(4_400);
  if (truly(board).length) say(`the last run is over, and ${truly(board)} are on`);
  act({ do: "open", relay: 3 });
  await pass(1_600);
  await zones[Symbol.asyncDispose]();
  const closed = watch(driver[Symbol.asyncDispose](), clock);
  const closingMs = clock.monotonicMs();
  while (closed.state === "pending" && clock.monotonicMs() - closingMs < 4_200) await pass(stepMs);
  if (closed.state !== "resolved") say(`closing: ${closed.state} ${closed.error?.message}`);
  if (truly(board).length) say(`closed, and ${truly(board)} are on`);
  if (wired.failed.state !== "pending") say(`gave up: ${wired.failed.error?.message}`);
  board.unplug();
  return { wired, problems };
}
