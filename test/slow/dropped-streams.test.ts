import { test } from "vitest";
import { dropStreams } from "../sensors/dropped-streams.ts";

test("a bridge that hangs up on its event stream a thousand times loses no change and leaves nothing behind", async ({
  expect,
}) => {
  const { drops, lost, grown } = await dropStreams(1_000);
  expect([drops, lost]).toEqual([1_000, 0]);
  // A leak would be of hundreds; what is just on its way may be there or not.
  expect(Object.entries(grown).filter(([, more]) => more > 20)).toEqual([]);
}, 600_000);
