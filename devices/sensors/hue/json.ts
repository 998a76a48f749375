import * as z from "zod";
import { HueError } from "./errors.ts";
import { refusalOf } from "./explain.ts";
import type { Answer } from "./wire.ts";

/** The JSON of an answer. Throws HueError: what its status means, or "nonsense". */
export function jsonOf({ status, text }: Answer): unknown {
  const refusal = refusalOf(status);
  if (refusal) throw refusal;
  try {
    return JSON.parse(text);
  } catch {
    throw new HueError("nonsense", "the bridge answers with something that is no JSON");
  }
}

const failure = z.object({ error: z.object({ type: z.number() }) });

/** No such resource, no such method (hue.md 4.2). */
const absent = [3, 4];

/** An answer of interface v1, whose errors come with status 200, as a list (hue.md 4.2). Throws HueError as well for them. */
export function v1Of(answer: Answer): unknown {
  const said = jsonOf(answer);
  for (const item of Array.isArray(said) ? said : []) {
    const type = failure.safeParse(item).data?.error.type;
    if (type === 1) throw new HueError("unpaired", "the bridge does not know our application key: pair with it anew");
    if (type === 101) throw new HueError("unpressed", "the button of the bridge was not pressed");
    if (type === 901) throw new HueError("busy", "the bridge has a trouble of its own (error 901)");
    if (type !== undefined && absent.includes(type)) {
      throw new HueError("absent", `the bridge does not have what we ask for (error ${type})`);
    }
    if (type !== undefined) throw new HueError("nonsense", `the bridge refuses what we ask (error ${type})`);
  }
  return said;
}

const resource = z.object({ id: z.string(), type: z.string() });
const list = z.object({ data: z.array(z.unknown()), errors: z.array(z.unknown()).nullish().catch(null) });

/** All resources of interface v2, and whether they are all; a bridge without v2 may say so as v1 does. Throws HueError. */
export function v2Of(answer: Answer): { items: unknown[]; whole: boolean } {
  const parsed = list.safeParse(v1Of(answer)).data;
  // A bridge always has a resource for itself.
  if (!parsed?.data.some((item) => resource.safeParse(item).success)) {
    throw new HueError("nonsense", "the bridge answers with something that is no list of resources");
  }
  return { items: parsed.data, whole: answer.status === 200 && !parsed.errors?.length };
}
