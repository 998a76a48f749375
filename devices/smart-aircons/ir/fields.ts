/**
 * One value in a frame: `width` bits from `bit` of `byte` on, least significant first, on into the next two bytes. Bytes
 * and bits count from 0.
 */
export interface Field<Value> {
  byte: number;
  bit: number;
  width: number;
  decode(bits: number): Value;
  /** Anything but a whole number that fits the width means that the frame can't say it. */
  encode(value: Value): number;
  /** What the field can say, for a person. */
  says: string;
  /** Whether the field is a word, so that a number in it is one without a name. */
  isWord?: boolean;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type Values<F extends Fields> = { [Key in keyof F]: F[Key] extends Field<infer Value> ? Value : never };

export const number = (byte: number, bit: number, width: number): Field<number> => ({
  byte,
  bit,
  width,
  decode: (bits) => bits,
  encode: (value) => value,
  says: `a whole number from 0 to ${2 ** width - 1}`,
});

export const flag = (byte: number, bit: number): Field<boolean> => ({
  byte,
  bit,
  width: 1,
  decode: (bits) => bits === 1,
  encode: (value) => Number(value),
  says: "true or false",
});

/** What frames of another length have, and these don't: always false. */
export const absent: Field<boolean> = {
  byte: 0,
  bit: 0,
  width: 0,
  decode: () => false,
  encode: (value) => Number(value),
  says: "false: only longer frames have it",
};

/** Numbers with names. A number without one stands for itself, in both directions. */
export function word<Word extends string>(
  [byte, bit, width]: readonly [byte: number, bit: number, width: number],
  table: Readonly<Record<Word, number>>,
): Field<Word | number> {
  const values = new Map<string, number>(Object.entries(table));
  const names = new Map([...values].map(([name, value]) => [value, name as Word]));
  return {
    byte,
    bit,
    width,
    decode: (bits) => names.get(bits) ?? bits,
    encode: (value) => (typeof value === "number" ? value : (values.get(value) ?? Number.NaN)),
    says: `one of ${[...values.keys()].join(", ")}`,
    isWord: true,
  };
}

/** The clock of a frame, in minutes since midnight; it counts in tens of minutes, so others are rounded down. */
export const tenMinutes = (byte: number): Field<number> => ({
  byte,
  bit: 0,
  width: 8,
  decode: (bits) => bits * 10,
  encode: (minutes) => Math.floor(minutes / 10),
  says: "minutes since midnight, up to 2559",
});
