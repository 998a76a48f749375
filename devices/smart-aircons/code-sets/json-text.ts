/** The value of a JSON text, or the one thing that is wrong with it, with line and column where they are known. */
export function readJson(source: string | Uint8Array): { value: unknown } | { problem: string } {
  const text = typeof source === "string" ? source : decoded(source);
  if (text === undefined) return { problem: "is no text in UTF-8" };
  const plain = text.replace(/^\uFEFF/, "");
  if (plain.trim() === "") return { problem: "is empty" };
  const error = errorIn(plain);
  if (typeof error !== "string") return error;
  const [, said = "", position] = /^(.*?)(?: in JSON)?(?: at position (\d+).*)?$/s.exec(error) ?? [];
  if (/^Unexpected end/.test(said)) return { problem: "is no whole JSON: it ends too early" };
  // Of an unexpected token, only what is around it is told, not where it is.
  const [token = said] = /^Unexpected token .*?(?=, )/s.exec(said) ?? [];
  const at = position === undefined ? tokenAt(plain) : Number(position);
  return { problem: `is no JSON: ${placeOf(plain, at)}: ${token}` };
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function errorIn(text: string): { value: unknown } | string {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The place of an unexpected token: a text that ends before it has only ended too early. */
function tokenAt(text: string): number {
  const isIn = (length: number): boolean => `${errorIn(text.slice(0, length))}`.startsWith("Unexpected token");
  let [without, within] = [0, text.length];
  while (within - without > 1) {
    const middle = (without + within) >> 1;
    if (isIn(middle)) within = middle;
    else without = middle;
  }
  return without;
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  return `line ${before.split("\n").length}, column ${at - before.lastIndexOf("\n")}`;
}
