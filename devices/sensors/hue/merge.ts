import * as z from "zod";
import { HueError } from "./errors.ts";
import { type Resource, readResource } from "./resource.ts";
import type { ButtonEvent } from "./sensor.ts";

/** One thing that the event stream says of one resource. */
export interface Change {
  kind: "add" | "update" | "delete";
  resource: Resource;
}

/** What a message of the event stream says, in its order, and how much of it was of no use. */
export interface Changes {
  changes: Change[];
  skipped: number;
}

// Made once: a schema takes longer to make than to use, and this is done for every event.
const list = z.array(z.unknown());
const container = z.object({ type: z.string(), data: z.array(z.unknown()) });
const kinds = z.enum(["add", "update", "delete"]);

/** Reads the data of one event (hue.md 6). Throws HueError, "nonsense", when it is not a list in JSON. */
export function readChanges(data: string): Changes {
  const read: Changes = { changes: [], skipped: 0 };
  for (const item of parseList(data)) {
    const said = container.safeParse(item).data;
    if (!said) read.skipped += 1;
    const kind = kinds.safeParse(said?.type).data;
    if (said && kind) for (const one of said.data) readChange(read, kind, one);
  }
  return read;
}

function readChange(read: Changes, kind: Change["kind"], item: unknown): void {
  try {
    const resource = readResource(item);
    if (resource) read.changes.push({ kind, resource });
  } catch {
    read.skipped += 1;
  }
}

function parseList(data: string): unknown[] {
  try {
    return list.parse(JSON.parse(data));
  } catch {
    throw new HueError("nonsense", "the event stream says something that is no list of events");
  }
}

/** What a change did to what is known. */
export type Effect =
  /** Nothing: it is about a resource that we have not read yet. */
  | "unknown"
  /** Nothing: we knew that. */
  | "nothing"
  /** A value of this resource. */
  | "value"
  /** Who belongs to whom, or what it is called. */
  | "structure";

/** Applies one change to all that is known, in its place. */
export function merge(known: Map<string, Resource>, { kind, resource }: Change): Effect {
  const { id } = resource;
  const before = known.get(id);
  if (kind === "delete") return known.delete(id) ? "structure" : "nothing";
  if (kind === "add") {
    known.set(id, resource);
    return "structure";
  }
  // An update has only what changed: the rest of the resource has to be asked for.
  if (!before) return "unknown";
  known.set(id, { ...before, ...resource, type: before.type });
  return isStructure(before, resource) ? "structure" : "value";
}

function isStructure(before: Resource, { type, owner, address, button }: Resource): boolean {
  if (type === "device" || type === "room") return true;
  const differs = <T>(now: T | undefined, was: T | undefined) => now !== undefined && now !== was;
  return differs(owner, before.owner) || differs(address, before.address) || differs(button, before.button);
}

/** What happened to a button, when a change tells of that. */
export function pressed({ kind, resource }: Change): ButtonEvent | undefined {
  return kind === "update" ? (resource.event ?? undefined) : undefined;
}

/** What a resource measures, if it may be believed (hue.md 5, reading rule). */
export const believed = ({ value, valid }: Resource): boolean | number | undefined =>
  valid === false ? undefined : (value ?? undefined);

/** Whether a full read says something that the event stream should have said before: what was measured or pressed. */
export const isNews = (before: Resource, now: Resource): boolean =>
  believed(before) !== believed(now) || (before.usedAt ?? undefined) !== (now.usedAt ?? undefined);
