import { expect, test } from "vitest";
import {
  type BroadlinkPacket,
  decodeBroadlink,
  encodeBroadlink,
  parseBroadlink,
} from "../../../devices/smart-aircons/ir/broadlink-packet.ts";
import { hex, parseBase64, parseHex } from "../../../devices/smart-aircons/ir/bytes.ts";
import { identify, identifyFrame } from "../../../devices/smart-aircons/ir/identify.ts";
import { encodeFrame, waveformOf } from "../../../devices/smart-aircons/ir/known.ts";
import { formatSendir, parseSendir, sendirWaveform, toSendir } from "../../../devices/smart-aircons/ir/sendir.ts";
import { irCodes, smartIrCodes, withCaptures, zmoteVectors } from "./captures.ts";

const protocols = new Map([
  ["fujitsu", "fujitsu-15"],
  ["new_fujitsu", "fujitsu-16"],
  ["mitsubishi", "mitsubishi-144"],
]);

const packetOf = (waveform: BroadlinkPacket["waveform"]) => encodeBroadlink({ repeats: 0, waveform });

withCaptures("codes of three real remotes", () => {
  test("are understood without a doubt, and their frames are written again as they were", () => {
    const codes = irCodes();
    expect(codes).toHaveLength(15);
    for (const { codeSet, name, frameHex, frames, broadlinkHex, sendir } of codes) {
      const waveform = broadlinkHex ? parseBroadlink(broadlinkHex).waveform : sendirWaveform(parseSendir(sendir ?? ""));
      const found = identify(waveform);
      expect(found, `${codeSet} ${name}`).toMatchObject({
        known: { protocol: protocols.get(codeSet) },
        frameHex,
        frames,
        doubts: [],
        state: { power: name === "off" ? "off" : "on" },
      });
      if (found.known) expect(hex(encodeFrame(found.known))).toBe(frameHex);
      expect(identifyFrame(parseHex(frameHex))).toMatchObject({ known: found.known, doubts: [] });
    }
  });

  test("come back character for character, as a packet or as text", () => {
    for (const { broadlinkHex, sendir } of irCodes()) {
      if (broadlinkHex) expect(hex(encodeBroadlink(parseBroadlink(broadlinkHex)))).toBe(broadlinkHex);
      else expect(formatSendir(toSendir(sendirWaveform(parseSendir(sendir ?? ""))))).toBe(sendir);
    }
  });

  test("say the same after a way through the other's form", () => {
    for (const { frameHex, frames, broadlinkHex, sendir } of irCodes()) {
      const through = broadlinkHex
        ? sendirWaveform(parseSendir(formatSendir(toSendir(parseBroadlink(broadlinkHex).waveform))))
        : decodeBroadlink(packetOf(sendirWaveform(parseSendir(sendir ?? "")))).waveform;
      expect(identify(through)).toMatchObject({ frameHex, frames, doubts: [] });
    }
  });

  test("have the sizes that what we generate has", () => {
    const sizes = (codeSet: string) =>
      irCodes()
        .filter((code) => code.codeSet === codeSet)
        .map(({ frameHex, broadlinkHex, sendir }) => {
          const found = identifyFrame(parseHex(frameHex));
          if ("refused" in found) throw new Error(found.refused);
          const ours = waveformOf(found.known);
          return broadlinkHex
            ? packetOf(ours).length - parseHex(broadlinkHex).length
            : toSendir(ours).pairs.length - parseSendir(sendir ?? "").pairs.length;
        });
    for (const codeSet of protocols.keys()) expect(sizes(codeSet), codeSet).toEqual([0, 0, 0, 0, 0]);
  });

  test("that a Zmote learned are understood", () => {
    for (const { raw, name } of zmoteVectors()) {
      if (raw === undefined) continue;
      const found = identify(sendirWaveform(parseSendir(raw)));
      expect(found).toMatchObject({ doubts: [], state: { power: name === "off" ? "off" : "on" } });
      if (name.startsWith("heat")) expect(found).toMatchObject({ state: { mode: "heat", temperatureCelsius: 25 } });
    }
  });
});

withCaptures("Broadlink codes of the SmartIR collection", () => {
  test.each([
    ["1945", 56, 11],
    ["2180", 122, 0],
    ["2801", 29, 0],
    ["2980", 94, 0],
  ])("%s has %i codes that come back byte for byte, and %i empty ones", (file, whole, empty) => {
    const codes = smartIrCodes(file);
    expect(codes.filter((code) => code === "")).toHaveLength(empty);
    const given = codes.filter((code) => code !== "");
    expect(given).toHaveLength(whole);
    for (const code of given) {
      const packet = hex(encodeBroadlink(parseBroadlink(code)));
      const bytes = hex(parseBase64(code));
      expect(bytes.slice(0, packet.length)).toBe(packet);
      expect(bytes.slice(packet.length)).toMatch(/^(00)*$/);
    }
  });

  test("of other makes are nobody we know, 2980 only nearly", () => {
    const all = ["1945", "2180", "2801", "2980"].flatMap(smartIrCodes).filter((code) => code !== "");
    const found = all.map((code) => identify(parseBroadlink(code).waveform));
    expect(found.filter(({ known }) => known)).toEqual([]);
    const fourteen = found.filter(({ doubts }) => doubts.includes("a Mitsubishi Electric frame has 18 bytes, not 14"));
    expect(fourteen).toHaveLength(91);
  });
});
