import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { openCodeFile } from "../../devices/smart-aircons/code-sets.ts";
import { identify } from "../../devices/smart-aircons/ir/identify.ts";
import { FEW, folder, known, type Make, startLesson, unknown } from "./learn-person.ts";

const off = known("fujitsu", { power: false });
const cool = (temperatureCelsius: number) => known("fujitsu", { temperatureCelsius });

describe.each<Make>(["Zmote", "RM mini 3", "RM4 pro"])("a remote control is learned with a %s", (make) => {
  test("code by code, each heard twice, into a file that the daemon can use", async () => {
    const { teaches, sees, ended, path, file } = await startLesson({ make });
    expect(await sees("1 of 4: off")).toContain("It is a ");
    await teaches(off);
    expect(file()).toBeUndefined();
    await teaches(off);
    await sees("Saved.");
    expect(Object.keys(file()?.commands ?? {})).toEqual(["off"]);
    for (const [index, celsius] of [18, 19, 20].entries()) {
      await sees(`${index + 2} of 4: cool, ${celsius} °C, fan auto`);
      await teaches(cool(celsius));
      await teaches(cool(celsius));
      await sees("Saved.");
    }
    expect(await ended()).toEqual({ code: 0, error: undefined, stderr: "" });
    const { report, abilities, codes } = await openCodeFile(path);
    expect(report).toEqual({ controller: "Broadlink", codes: 4, leftOut: [], problems: [] });
    expect(abilities.get("cool")).toEqual({ temperaturesCelsius: [18, 19, 20], fans: ["auto"], swings: ["off"] });
    const to = { power: true, mode: "cool" as const, temperatureCelsius: 19, fan: "auto", swing: "off" };
    const sent = codes({ from: { ...to, power: false }, to, clockMinutes: 0 });
    expect(sent.map(({ waveform }) => identify(waveform))).toMatchObject([
      { state: { power: "on", mode: "cool", temperatureCelsius: 19, fan: "auto" } },
    ]);
  });

  test("and stops listening when its person leaves", async () => {
    const { sees, types, room, leaves, ended, pass, nowMs } = await startLesson({ make });
    await sees("press Enter here");
    types("");
    await sees("Now press");
    await pass(2_000);
    expect(room.listening).toBe(true);
    const sinceMs = nowMs();
    leaves();
    expect((await ended()).code).toBe(0);
    expect(nowMs() - sinceMs).toBeLessThan(3_000);
    // This one can't be told to stop (broadlink.md 4.3).
    if (make !== "RM mini 3") expect(room.listening).toBe(false);
  });

  test("and stops listening when it is interrupted", async () => {
    const { sees, types, room, interrupt, ended, pass, path, nowMs } = await startLesson({ make });
    await sees("press Enter here");
    types("");
    await sees("Now press");
    types("");
    await pass(2_000);
    const sinceMs = nowMs();
    interrupt();
    expect((await ended()).code).toBe(0);
    expect(nowMs() - sinceMs).toBeLessThan(3_000);
    if (make !== "RM mini 3") expect(room.listening).toBe(false);
    expect(existsSync(path)).toBe(false);
  });

  test("and asked for again when what was heard is no code", async () => {
    const { sees, types, babbles, teaches } = await startLesson({ make });
    await sees("press Enter here");
    types("");
    await babbles();
    await sees(make === "Zmote" ? "the number of durations is odd" : "is 433 MHz radio, not infrared. Try again.");
    await teaches(off);
    await sees("fujitsu-15, off");
  });

  test("until the blaster is unplugged: what was learned stays", async () => {
    const { sees, types, teaches, room, ended, file } = await startLesson({ make });
    await teaches(off);
    await teaches(off);
    await sees("Saved.");
    await sees("press Enter here");
    await room.unplug();
    types("");
    const { code, stderr } = await ended();
    expect(code).toBe(69);
    expect(stderr).toMatch(/^(nothing listens at|the blaster (does not answer )?at) 127\.0\.0\.1:\d+.*\n$/);
    expect(Object.keys(file()?.commands ?? {})).toEqual(["off"]);
    expect(await sees("Missing:")).toContain("1 of 4 codes");
  });
});

describe("what was heard", () => {
  test("is named, and where we make such codes ourselves that is said, once", async () => {
    const { teaches, sees, said } = await startLesson();
    await teaches(off);
    expect(await sees(".\n")).toBe(" fujitsu-15, off.\n");
    await teaches(off);
    await sees("codes: fujitsu\n");
    await teaches(cool(18));
    expect(await sees(".\n")).toBe(" fujitsu-15, cool, 18 °C, fan auto, swing off.\n");
    await teaches(cool(18));
    await sees("Saved.");
    await sees("3 of 4");
    expect(said().match(/codes: fujitsu/g)).toHaveLength(1);
  });

  test.each(["new_fujitsu", "mitsubishi"] as const)("can be %s", async (name) => {
    const { teaches, sees } = await startLesson();
    await teaches(known(name, { power: false }));
    await teaches(known(name, { power: false }));
    await sees(`codes: ${name}\n`);
  });

  test("of a remote that nobody knows may jitter, and is not named", async () => {
    const { teaches, sees, said, file } = await startLesson();
    await teaches(unknown([0, 1]));
    expect(await sees(".\n")).toBe(" 34 pulses of a protocol that we don't know.\n");
    await teaches(unknown([0, 1], 150));
    await sees("Saved.");
    await sees("2 of 4");
    expect(said()).not.toContain("need not be learned");
    expect(file()?.commands).toHaveProperty("off");
  });

  test.each([
    ["of an unknown remote", unknown([1]), unknown([2]), "pulse 18 of 26 differs", 2],
    ["of two remotes", off, unknown([3]), "one of them was disturbed, and the other was not", 2],
    ["of a key that is held", unknown([1]), unknown([1, 1]), "the first has 26 pulses, the second 34 pulses", 2],
    ["of a known remote", off, cool(18), "the frame says cool, 18 °C", 1],
  ])("%s must be heard the same twice in a row", async (_, first, other, why, more) => {
    const { teaches, sees, file } = await startLesson();
    await teaches(first);
    await teaches(other);
    await sees(why);
    expect(file()).toBeUndefined();
    for (let left = more; left > 0; left--) await teaches(first);
    await sees("Saved.");
  });

  test("that contradicts what was asked for is not saved, and asked for again", async () => {
    const { teaches, sees, types, file } = await startLesson();
    await sees("1 of 4");
    types("s");
    await sees("2 of 4: cool, 18 °C");
    await teaches(cool(19));
    await sees("Not saved: the frame says cool, 19 °C, fan auto, swing off, and not cool, 18 °C, fan auto.");
    await teaches(cool(18));
    await teaches(cool(18));
    await sees("Saved.");
    expect(file()?.commands).toEqual({ cool: { auto: { 18: expect.any(String) } } });
  });

  test("may be kept although it contradicts, when it is heard twice", async () => {
    const { teaches, sees, types, path } = await startLesson();
    await sees("1 of 4");
    types("s");
    await teaches(cool(19));
    await sees("k keep");
    types("k");
    await teaches(cool(20));
    await sees("Not saved: the frame says cool, 20 °C");
    await teaches(cool(19));
    await sees("Saved.");
    const codes = [...(await openCodeFile(path)).all()].map(({ waveform }) => identify(waveform));
    expect(codes).toMatchObject([{ state: { temperatureCelsius: 19 } }]);
  });

  test("is not saved when it is the code of another key", async () => {
    const { teaches, sees, types } = await startLesson();
    await teaches(unknown([1]));
    await teaches(unknown([1]));
    await sees("2 of 4");
    await teaches(unknown([1], 100));
    await sees("this is the code that was saved for off");
    types("k");
    await teaches(unknown([1]));
    await sees("Saved.");
  });

  test("is not saved for two fans in words that mean nothing to us", async () => {
    const flags = ["--modes", "cool", "--temperatures", "18", "--fans", "breeze,gale"];
    const { teaches, sees, types } = await startLesson({ flags });
    await sees("1 of 3");
    types("s");
    await teaches(known("new_fujitsu", { fan: "low" }));
    await teaches(known("new_fujitsu", { fan: "low" }));
    await sees("3 of 3: cool, 18 °C, fan gale");
    await teaches(known("new_fujitsu", { fan: "low" }));
    await sees("Not saved: this is the code that was saved for cool, 18 °C, fan breeze.");
    await teaches(known("new_fujitsu", { fan: "high" }));
    await teaches(known("new_fujitsu", { fan: "high" }));
    await sees("Saved.");
  });

  test("can be too little for an aircon", async () => {
    const { teaches, sees, file } = await startLesson();
    await teaches({ waveform: [9000, 2250, 560, 0], repeats: 0 });
    expect(await sees("hold the remote closer")).toContain("nothing of use: only 2 pulses");
    await sees("press Enter here");
    expect(file()).toBeUndefined();
  });

  test("can be nothing for 30 s", async () => {
    const { sees, types, pass, teaches } = await startLesson();
    await sees("press Enter here");
    types("");
    await sees("Listening for 30 s");
    await pass(31_000);
    await sees("Nothing was heard");
    await teaches(off);
    await sees("fujitsu-15, off");
  });
});

describe("a person who learns", () => {
  test("is told what to set, and which key to press then", async () => {
    const { sees, types } = await startLesson();
    await sees("Switch the remote on, then press Enter here.");
    types("");
    await sees("Now press the power key, so that it shows off.");
    types("s");
  });

  test("may skip, go back, and is told when a word means nothing", async () => {
    const { sees, types, teaches, ended, file } = await startLesson();
    await sees("1 of 4");
    types("b");
    await sees("1 of 4");
    types("S ");
    await sees("2 of 4");
    types("b");
    await sees("1 of 4");
    types("s");
    await sees("2 of 4");
    types("k");
    await sees('"k" is none of these: Enter, s skip, b back, q quit');
    types("s");
    await sees("3 of 4");
    await teaches(cool(19));
    await teaches(cool(19));
    await sees("4 of 4");
    types("b");
    await sees("3 of 4");
    await teaches(cool(19));
    await teaches(cool(19));
    await sees("4 of 4");
    types("q");
    expect(await ended()).toEqual({ code: 0, error: undefined, stderr: "" });
    await sees("1 of 4 codes are in");
    await sees("Missing: off; cool, 18 °C, fan auto; cool, 20 °C, fan auto. The same command goes on from here.");
    expect(file()?.commands).toEqual({ cool: { auto: { 19: expect.any(String) } } });
  });

  test("may leave at a question, with nothing written", async () => {
    const { sees, leaves, ended, path } = await startLesson();
    await sees("press Enter here");
    leaves();
    expect((await ended()).code).toBe(0);
    await sees("Nothing was learned, and nothing written.");
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test("may say everything beforehand, through a pipe", async () => {
    const { types, presses, ended, sees } = await startLesson();
    for (const line of ["", "", "s", "s", "s"]) types(line);
    await presses(off);
    await sees("Heard");
    await presses(off);
    expect((await ended()).code).toBe(0);
    await sees("1 of 4 codes");
  });

  test("at a terminal ends listening with a word, and not with Enter", async () => {
    const { sees, types, pass, room, said } = await startLesson({ isTTY: true });
    await sees("press Enter here");
    types("");
    await sees("Now press");
    await pass(1_000);
    types("");
    types("what?");
    await pass(1_000);
    expect(room.listening).toBe(true);
    expect(said().match(/Listening/g)).toHaveLength(1);
    types("s");
    expect(await sees("2 of 4")).not.toContain("Nothing was heard");
    expect(room.listening).toBe(false);
  });
});

describe("what is typed", () => {
  test("before there is a question is no answer at a terminal, if it is Enter", async () => {
    const { types, sees, said, pass, room } = await startLesson({ isTTY: true });
    types("");
    types("what?");
    await sees("Switch the remote on, then press Enter here.");
    await pass(1_000);
    expect(said()).not.toContain("Listening");
    expect(room.listening).toBe(false);
  });

  test("without end keeps nobody from ending it", async () => {
    const { types, sees, interrupt, ended, pass } = await startLesson();
    types("y\n".repeat(300_000));
    await sees('"y" is none of these');
    await pass(500);
    interrupt();
    expect(await ended()).toEqual({ code: 0, error: undefined, stderr: "" });
  });
});

describe("what was begun", () => {
  async function begun() {
    const first = await startLesson();
    await first.teaches(off);
    await first.teaches(off);
    await first.sees("2 of 4");
    first.types("s");
    await first.sees("3 of 4");
    await first.teaches(cool(19));
    await first.teaches(cool(19));
    await first.sees("4 of 4");
    first.types("q");
    await first.ended();
    return first;
  }

  test("goes on where it ended, and then with what was skipped", async () => {
    const { path } = await begun();
    const second = await startLesson({ path });
    expect(await second.sees("4 of 4: cool, 20 °C")).not.toContain("2 of 4");
    await second.teaches(cool(20));
    await second.teaches(cool(20));
    expect((await second.ended()).code).toBe(0);
    const third = await startLesson({ path });
    await third.sees("2 of 4: cool, 18 °C");
    await third.teaches(cool(18));
    await third.teaches(cool(18));
    expect((await third.ended()).code).toBe(0);
    await third.sees("4 of 4 codes");
    const fourth = await startLesson({ path, url: "zmote://127.0.0.1:9" });
    expect((await fourth.ended()).code).toBe(0);
    await fourth.sees("has all of its 4 codes");
  });

  test("keeps its settings, and says so where others are asked for", async () => {
    const { path, file } = await begun();
    const before = readFileSync(path, "utf8");
    const flags = ["--modes", "heat", "--temperatures", "18-20/1", "--fans", "low", "--swings", "off,vertical"];
    const second = await startLesson({ path, flags });
    const said = await second.sees("4 of 4: cool, 20 °C, fan auto");
    expect(said).toContain("keeps its own settings: its modes are cool, and not heat.");
    expect(said).toContain("its fans are auto, and not low.");
    expect(said).toContain("its swings are none, and not off,vertical.");
    expect(said).not.toContain("its temperatures");
    second.types("q");
    await second.ended();
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(file()).toMatchObject({ manufacturer: "unknown", operationModes: ["cool"], fanModes: ["auto"] });
  });

  test("says its step where another one is asked for", async () => {
    const path = join(folder(), "codes.json");
    const first = await startLesson({ path, flags: ["--modes", "cool", "--temperatures", "18-19/0.5"] });
    await first.teaches(off);
    await first.teaches(off);
    await first.sees("Saved.");
    first.types("q");
    await first.ended();
    const second = await startLesson({ path, flags: ["--temperatures", "18-19"] });
    await second.sees("its temperatures are 18-19/0.5, and not 18-19.");
  });

  test("keeps what else its owner wrote into it", async () => {
    const { path, file } = await begun();
    writeFileSync(path, JSON.stringify({ ...file(), manufacturer: "Daikin", note: "the lounge" }));
    const second = await startLesson({ path });
    await second.sees("4 of 4");
    await second.teaches(cool(20));
    await second.teaches(cool(20));
    await second.ended();
    expect(second.file()).toMatchObject({ manufacturer: "Daikin", note: "the lounge" });
    expect(Object.keys(Object(second.file()?.commands.cool).auto)).toEqual(["19", "20"]);
  });

  test("is left alone when it is no code file", async () => {
    const path = join(folder(), "codes.json");
    writeFileSync(path, "{ a: 1 }");
    const { ended } = await startLesson({ path });
    expect((await ended()).error).toMatchObject({ name: "CodeFileError", message: expect.stringContaining(path) });
    expect(readFileSync(path, "utf8")).toBe("{ a: 1 }");
  });
});

describe("a file that can't be written", () => {
  test.each([
    ["is in no folder", "nowhere/codes.json", "there is no such folder"],
    ["is below a file", "file/codes.json", "there is no such folder"],
    ["is a folder", "folder", "it is no file"],
  ])("because it %s is noticed before anything else", async (_, name, why) => {
    const here = folder();
    writeFileSync(join(here, "file"), "");
    mkdirSync(join(here, "folder"));
    const path = join(here, name);
    const { ended, said } = await startLesson({ path, url: "zmote://127.0.0.1:9" });
    expect(await ended()).toEqual({ code: 73, error: undefined, stderr: `${path} can't be written: ${why}\n` });
    expect(said()).toBe("");
    expect(readdirSync(here).sort()).toEqual(["file", "folder"]);
  });

  test("any more is said", async () => {
    const { teaches, ended, path, said } = await startLesson();
    await teaches(off);
    rmSync(dirname(path), { recursive: true });
    await teaches(off);
    expect(await ended()).toMatchObject({ code: 73, stderr: `${path} can't be written: there is no such folder\n` });
    expect(said()).not.toContain("Saved.");
  });
});

describe("a blaster", () => {
  test("that is not there is said", async () => {
    const { ended, path } = await startLesson({ url: "zmote://127.0.0.1:9" });
    expect(await ended()).toEqual({
      code: 69,
      error: undefined,
      stderr: "nothing listens at 127.0.0.1:9 (connection refused)\n",
    });
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  test("that is locked is said, with the way out", async () => {
    const { ended } = await startLesson({ make: "RM4 mini", locked: true });
    expect(await ended()).toMatchObject({ code: 69, stderr: expect.stringContaining("switch off “Lock device”") });
  });
});

describe("a blaster that is unplugged while it listens", () => {
  test("and can't be told to stop may still be listening, which is said", async () => {
    const { sees, types, room, interrupt, ended, pass } = await startLesson();
    await sees("press Enter here");
    types("");
    await sees("Now press");
    await pass(1_000);
    room.mute();
    interrupt();
    const { code, stderr } = await ended();
    expect(code).toBe(69);
    expect(stderr).toMatch(/^the Zmote at \S+ may still be learning: the blaster does not answer at /);
  });

  test("keeps nobody waiting who has enough of it", async () => {
    const { sees, types, room, interrupt, ended, pass, nowMs } = await startLesson({ make: "RM4 pro" });
    await sees("press Enter here");
    types("");
    await sees("Now press");
    await pass(1_000);
    room.mute();
    await pass(1_500);
    const sinceMs = nowMs();
    interrupt();
    expect((await ended()).code).toBe(0);
    expect(nowMs() - sinceMs).toBeLessThan(4_000);
  });
});

describe("a command line", () => {
  const base = { blaster: ["--blaster", "zmote://127.0.0.1:9"], out: ["--out", "/nowhere/x.json"] };
  test.each([
    [base.out, "flag --blaster is missing"],
    [base.blaster, "flag --out is missing"],
    [[...base.blaster, "--out", ""], "flag --out is missing"],
    [[...base.out, "--blaster", "http://x"], "--blaster must look like broadlink://192.168.1.20"],
    [[...base.out, ...base.blaster, "x"], "unexpected argument x"],
    [[...base.out, ...base.blaster, "--modes", "cool,warm"], 'there is no "warm"'],
    [[...base.out, ...base.blaster, "--modes", "cool,cool"], "--modes: cool is there twice"],
    [[...base.out, ...base.blaster, "--fans", "low,,high"], '--fans are words with commas between them, not ""'],
    [[...base.out, ...base.blaster, "--no-temperature", "dry", "--modes", "cool"], 'there is no "dry"'],
    [[...base.out, ...base.blaster, "--temperatures", "30-18"], "--temperatures is a range"],
    [[...base.out, ...base.blaster, "--temperatures", "60-86"], "--temperatures is in °C, and 60-86 is not"],
    [[...base.out, ...base.blaster, "--fans", "low,Low"], "--fans: Low is there twice"],
    [[...base.out, ...base.blaster, "--temperatures", "18-30/0"], "--temperatures is a range"],
    [[...base.out, ...base.blaster, "--temperatures", "23,5"], "--temperatures is a range"],
  ])("%j is a usage error", async (argv, message) => {
    const { learn } = await import("../../devices/smart-aircons/tools/learn.ts");
    await expect(learn(argv, process)).rejects.toMatchObject({
      name: "UsageError",
      message: expect.stringContaining(message),
    });
  });

  test("asks for as many codes as its lists make", async () => {
    const flags = [...FEW, "--fans", "auto,low", "--swings", "off,vertical", "--modes", "cool,fan_only"];
    const { sees } = await startLesson({ flags });
    await sees("1 of 17: off");
  });
});
