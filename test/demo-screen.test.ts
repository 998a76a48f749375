import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { screen } from "../devices/demo/screen.ts";

const row = (key: string, value: string) => ({ key, cells: [key, value], sentence: `${key} is ${value}` });

/** A screen, and what it has written since it was read last. */
function open(terminal: { isTTY: boolean; rows: number; columns: number }) {
  const out = Object.assign(new PassThrough(), terminal);
  const said = { door: "shut", window: "shut" };
  const room = {
    headings: ["thing", "state"],
    rows: () => Object.entries(said).map(([key, value]) => row(key, value)),
  };
  const draw = screen(out, [room], ["Ctrl-C ends it.", "try this", "and that"]);
  return { said, draw, read: () => String(out.read() ?? "") };
}

test("a terminal shows a table that stays where it is, and nothing is written when nothing changed", () => {
  const { said, draw, read } = open({ isTTY: true, rows: 40, columns: 80 });
  draw();
  const first = read();
  expect(first).toContain("  door     shut");
  expect(first).toContain("and that");
  draw();
  expect(read()).toBe("");
  said.door = "open";
  draw();
  expect(read().startsWith(`\u001b[${first.split("\n").length - 1}A`)).toBe(true);
});

test("a small terminal is not overrun: what has no room is left out", () => {
  const { draw, read } = open({ isTTY: true, rows: 7, columns: 10 });
  draw();
  const lines = read().split("\n");
  expect(lines).toHaveLength(7);
  expect(lines.join("\n")).toContain("  door    ");
  expect(lines.join("\n")).not.toContain("and that");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what moves the cursor takes no room
  for (const line of lines) expect(line.replace(/\u001b\[\d*[A-K]/g, "").length).toBeLessThanOrEqual(10);
});

test("elsewhere there is a line for each change", () => {
  const { said, draw, read } = open({ isTTY: false, rows: 0, columns: 0 });
  draw();
  expect(read()).toBe("door is shut\nwindow is shut\n");
  said.window = "open";
  draw();
  expect(read()).toBe("window is open\n");
});
