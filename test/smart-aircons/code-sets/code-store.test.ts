import fc from "fast-check";
import { expect, test } from "vitest";
import { codeStoreBuilder } from "../../../devices/smart-aircons/code-sets/code-store.ts";

const code = fc
  .record({
    waveform: fc.array(fc.oneof(fc.nat(20_000), fc.nat(0xffff_ffff)), { size: "medium" }),
    repeats: fc.nat(255),
    frequencyHz: fc.option(fc.integer({ min: 1, max: 500_000 }), { nil: undefined }),
  })
  .map(({ frequencyHz, ...rest }) => (frequencyHz === undefined ? rest : { ...rest, frequencyHz }));

test("codes come out of a store as they went in", () => {
  fc.assert(
    fc.property(fc.array(fc.array(code, { maxLength: 3 })), (commands) => {
      const builder = codeStoreBuilder();
      expect(commands.map((codes) => builder.add(codes))).toEqual(commands.map((_, index) => index));
      const store = builder.build();
      expect(store.size).toBe(commands.length);
      expect(commands.map((_, index) => store.get(index))).toEqual(commands);
    }),
  );
});

test("a duration takes two bytes where it is short, and five at most", () => {
  const builder = codeStoreBuilder();
  builder.add([{ waveform: Array(100_000).fill(16_383), repeats: 0 }]);
  expect(builder.bytes).toBeLessThan(200_010);
  builder.add([{ waveform: Array(100_000).fill(0xffff_ffff), repeats: 0 }]);
  expect(builder.bytes).toBeLessThan(700_020);
});
