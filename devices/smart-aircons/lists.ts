import type { z } from "zod";
import type { airconKeys } from "./aircon-keys.ts";

/** One aircon as it is configured. */
export type AirconConfig = z.output<z.ZodObject<typeof airconKeys>>;

/** What a house has, as it is configured. */
export interface Lists {
  blasters: readonly { name: string; url: string }[];
  aircons: readonly AirconConfig[];
}

/** What is wrong, and where: `["aircons", 1, "blaster"]`. */
export interface ListProblem {
  path: PropertyKey[];
  message: string;
}

/**
 * A configured name as the key that topics and everything in Home Assistant hang on (C11): lower case, `-` for blanks. It is
 * the name and nothing from the hardware, because that is only known when a blaster has answered.
 */
export const keyOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[\s_]+/g, "-")
    .replace(/[^a-z0-9-]/g, "");

/** `living-room` as a person writes it: `Living room`. */
export function titled(name: string): string {
  const words = name.replace(/[-_]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What Home Assistant makes of an aircon's name, which is its key and may be in upper case. */
const documentKey = (name: string) => name.replace(/[^A-Za-z0-9-]/g, "");

/** Host and port, without the port that all blasters have. */
const addressOf = (url: string) =>
  url
    .toLowerCase()
    .replace(/^\w+:\/\//, "")
    .replace(/[/?].*/s, "")
    .replace(/:80$/, "");

/** What single keys can't know of each other: names that are there twice, and blasters that are not there. */
export function listProblems({ blasters, aircons }: Lists): ListProblem[] {
  const problems: ListProblem[] = [];
  const problem = (path: PropertyKey[], message: string) => problems.push({ path, message });
  const keys = new Map<string, string>();
  const urls = new Map<string, string>();
  for (const [i, { name, url }] of blasters.entries()) {
    const [key, address] = [keyOf(name), addressOf(url)];
    const [other, sharer] = [keys.get(key), urls.get(address)];
    if (key === "") problem(["blasters", i, "name"], "needs a letter from a to z, or a digit, to be told apart by");
    else if (other !== undefined) problem(["blasters", i, "name"], `can't be told apart from ${other}`);
    keys.set(key, `blaster ${name}`);
    if (sharer !== undefined)
      problem(["blasters", i, "url"], `is that of blaster ${sharer}: one blaster, many aircons`);
    urls.set(address, name);
  }
  const known = blasters.map(({ name }) => name);
  for (const [i, { name, blaster }] of aircons.entries()) {
    const key = documentKey(name);
    const other = keys.get(key);
    if (other !== undefined) problem(["aircons", i, "name"], `can't be told apart from ${other}`);
    keys.set(key, `aircon ${name}`);
    if (!known.includes(blaster)) {
      const there = known.length ? known.join(", ") : "none";
      problem(["aircons", i, "blaster"], `there is no blaster ${blaster}: there is ${there}`);
    }
  }
  return problems;
}
