import { readFileSync } from "node:fs";
import { join } from "node:path";

const launcher = join(import.meta.dirname, "../../bin/mqtt-things");

/** The options that `bin/mqtt-things` gives to Node. */
export const nodeOptions = (): string[] => readFileSync(launcher, "utf8").match(/(?<=\s)--\w[\w-]*(=\d+)?/g) ?? [];
