import { pbkdf2 } from "node:crypto";
import { promisify } from "node:util";

const work = promisify(pbkdf2);

/** Keeps the four threads busy by which names are looked up; resolves when they are free. */
export const slowNames = (): Promise<unknown> =>
  Promise.all(Array.from({ length: 4 }, () => work("a", "b", 200_000, 64, "sha512")));
