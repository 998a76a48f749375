import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { startFakeZmote } from "../../../devices/smart-aircons/blasters/fake-zmote.ts";
import { parseBeacon } from "../../../devices/smart-aircons/blasters/zmote-beacon.ts";

// zmote.md 1
const V2 =
  "AMXB<-UUID=CI00a1b2c3><-Type=ZMT2><-Make=zmote.io><-Model=ZV-2><-Revision=2.1.4><-Config-URL=http://192.168.1.12>";
const V1 =
  "AMXB<-UUID=GlobalCache_18FE34F2E958><-SDKClass=Utility><-Make=zmote.io><-Model=zmote><-Revision=1.0><-Pkg_Level=ZMPK001>" +
  "<-PCB_PN=zmotev1><-Config-URL=http://192.168.1.12><-Status=Ready>";
const zmote = { uuid: "CI00a1b2c3", host: "192.168.1.12", model: "ZV-2", revision: "2.1.4", supported: true };

describe("a Zmote's beacon", () => {
  test.each([
    ["as it is", V2],
    ["with a line end", `${V2}\r`],
    ["with a slash behind the URL", V2.replace("1.12>", "1.12/>")],
    ["with other letters", V2.replace("<-UUID=", "<-uuid=").replace("<-Make=zmote.io", "<-MAKE=Zmote.IO")],
    [
      "in another order",
      "AMXB<-Config-URL=192.168.1.12><-Model=ZV-2><-Revision=2.1.4><-Make=zmote.io><-Type=ZMT2><-UUID=CI00a1b2c3>",
    ],
  ])("is read %s", (_, text) => {
    expect(parseBeacon(text)).toEqual(zmote);
  });

  test("of firmware v1 is told apart", () => {
    expect(parseBeacon(V1)).toEqual({
      uuid: "GlobalCache_18FE34F2E958",
      host: "192.168.1.12",
      model: "zmote",
      revision: "1.0",
      supported: false,
    });
  });

  test("says a port, and may say no model and no revision", () => {
    expect(parseBeacon("AMXB<-UUID=a><-Make=zmote.io><-Type=ZMT2><-Config-URL=http://zmote.lan:8080/>")).toEqual({
      uuid: "a",
      host: "zmote.lan:8080",
      model: "Zmote",
      revision: undefined,
      supported: true,
    });
  });

  test.each([
    ["", "nothing"],
    [V2.slice(1), "no beacon"],
    [V2.replace("zmote.io", "GlobalCache"), "another make"],
    [V2.replace("<-Make=zmote.io>", ""), "no make"],
    [V2.replace("<-UUID=CI00a1b2c3>", ""), "no id"],
    [V2.replace("CI00a1b2c3", " "), "an empty id"],
    [V2.replace("<-Config-URL=http://192.168.1.12>", ""), "no address"],
    [V2.replace("http://192.168.1.12", "http://user@192.168.1.12/x"), "an address that is none"],
    [V2.replace("192.168.1.12", "-1"), "a host that is none"],
    [V2.replace("192.168.1.12", "1.".repeat(127)), "a host that is longer than any name"],
    [V2.replace("192.168.1.12", "192.168.1.12:65536"), "a port that is none"],
    [V2.replace("192.168.1.12", "192.168.1.12:0"), "no port"],
    [V2.replace("192.168.1.12>", "192.168.1.12"), "an address that does not end"],
  ])("is not %j: %s", (text) => {
    expect(parseBeacon(text)).toBeUndefined();
  });

  test("is read in no time, however long a datagram is", { timeout: 500 }, () => {
    expect(parseBeacon(`AMXB${"<-Make=".repeat(9_350)}`)).toBeUndefined();
  });

  test("may be anything", () => {
    fc.assert(fc.property(fc.string(), (text) => parseBeacon(`AMXB${text}`) === undefined));
  });

  test("of the simulated one is one", async () => {
    await using fake = await startFakeZmote();
    expect(parseBeacon(fake.beacon())).toEqual({ ...zmote, host: `127.0.0.1:${fake.port}` });
  });
});
