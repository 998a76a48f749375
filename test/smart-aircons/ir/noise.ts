import fc from "fast-check";
import type { Waveform } from "../../../devices/smart-aircons/ir/waveform.ts";

/** Marks and spaces of any length, headers among them; an even number, so that what follows begins with a mark. */
export const anyNoise: fc.Arbitrary<Waveform> = fc
  .array(
    fc.oneof(
      fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 20_000 })),
      fc.tuple(fc.integer({ min: 200, max: 600 }), fc.integer({ min: 200, max: 1400 })),
      fc.constant([3300, 1650] as const),
    ),
    { maxLength: 60 },
  )
  .map((pairs) => pairs.flat());

/** The waveform as a receiver may have seen it: each duration off by up to 20 % or 100 us, whichever is more. */
export const jittered = (waveform: Waveform): fc.Arbitrary<Waveform> =>
  fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: waveform.length, maxLength: waveform.length })
    .map((luck) => waveform.map((us, at) => (us === 0 ? 0 : Math.round(us + (luck[at] ?? 0) * Math.max(us / 5, 100)))));
