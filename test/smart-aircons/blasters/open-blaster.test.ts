import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { startFakeZmote } from "../../../devices/smart-aircons/blasters/fake-zmote.ts";
import { blasterUrl, openBlaster } from "../../../devices/smart-aircons/blasters/open-blaster.ts";
import { startFakeBroadlink } from "../../../src/broadlink/fake.ts";
import { realClock } from "../../../src/clock.ts";
import { until, wireLog } from "../../broadlink/wired.ts";

const { log } = wireLog();

describe("the URL of a blaster", () => {
  test.each([
    "broadlink://192.168.1.20",
    "broadlink://192.168.1.20/",
    "broadlink://192.168.1.20:8080",
    "broadlink://rm4.lan?framing=cmd32",
    "broadlink://192.168.1.20:80/?framing=len16",
    "zmote://192.168.1.21",
    "zmote://Living-Room_zmote.local:65535",
  ])("may be %s", (url) => {
    expect(blasterUrl.parse(url)).toBe(url);
  });

  test.each([
    "",
    "192.168.1.20",
    "broadlink:192.168.1.20",
    "broadlink://",
    "broadlink:///x",
    "http://192.168.1.20",
    "zmotes://192.168.1.20",
    "zmote://192.168.1.21:0",
    "zmote://192.168.1.21:65536",
    "zmote://192.168.1.21:x",
    "zmote://192.168.1.21/path",
    "zmote://user@192.168.1.21",
    "zmote://192.168.1.21?framing=cmd32",
    "broadlink://192.168.1.20?framing=other",
    "broadlink://192.168.1.20?port=7",
    "broadlink://two words",
    " broadlink://192.168.1.20",
  ])("is not %j, and the error says what one looks like", async (url) => {
    const message = "must look like broadlink://192.168.1.20 or zmote://192.168.1.21";
    expect(blasterUrl.safeParse(url).error?.issues).toEqual([
      expect.objectContaining({ message: expect.stringContaining(message) }),
    ]);
    await expect(openBlaster(url, { log, clock: realClock })).rejects.toThrow(message);
  });
});

test("a URL opens the blaster that it names", async () => {
  await using broadlink = await startFakeBroadlink({ type: 0x9999, framing: "cmd32" });
  await using zmote = await startFakeZmote();
  const code = { waveform: [9000, 4500], repeats: 0 };
  for (const url of [`broadlink://127.0.0.1:${broadlink.port}?framing=cmd32`, `zmote://127.0.0.1:${zmote.port}`]) {
    await using blaster = await openBlaster(url, { log, clock: realClock });
    await until(() => blaster.health.get().ready);
    await blaster.send(code);
  }
  expect([broadlink.infrared.length, zmote.infrared.length]).toEqual([1, 1]);
});

test.each([
  ["broadlink", { http: false, dgram: true }],
  ["zmote", { http: true, dgram: false }],
])("a house with %s alone loads nothing of the other's", async (make, loaded) => {
  const module = join(import.meta.dirname, "../../../devices/smart-aircons/blasters/open-blaster.ts");
  const script = `
    const { openBlaster } = await import(${JSON.stringify(module)});
    const log = { debug() {}, info() {}, warn() {}, error() {} };
    const clock = { monotonicMs: () => 0, epochMs: () => 0, sleep: () => new Promise(() => {}) };
    await openBlaster("${make}://127.0.0.1:9", { log, clock });
    const has = (name) => process.moduleLoadList.includes("NativeModule " + name);
    console.log(JSON.stringify({ http: has("_http_client"), dgram: has("dgram") }));
    process.exit();`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  expect(JSON.parse(stdout)).toEqual(loaded);
});
