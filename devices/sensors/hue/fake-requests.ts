import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../../src/clock.ts";
import type { Faults } from "./fake-faults.ts";
import type { FakeHouse } from "./fake-house.ts";
import type { FakeStreams } from "./fake-stream.ts";
import { asV1 } from "./fake-v1.ts";

/** What reached the bridge. */
export interface Received {
  kind: "config" | "pair" | "sensors" | "resources" | "events" | "other";
  method: string;
  path: string;
  atMs: number;
  secure: boolean;
}

/** What the bridge is and knows, as far as its answers depend on it. */
export interface Inside {
  /** `GET /api/config` */
  config: Record<string, unknown>;
  hasV2: boolean;
  keys: Set<string>;
  house: FakeHouse;
  /** In place of what the house would be in v1. */
  v1: Record<string, unknown> | undefined;
  streams: FakeStreams;
  faults: Faults;
  /** What applications call themselves. */
  pairedWith: string[];
  /** Until when the button counts as pressed, on the monotonic clock. */
  pressedUntilMs: number;
}

const v1Error = (type: number, address: string, description: string) => [{ error: { type, address, description } }];

/** A status, and bytes or what becomes JSON. */
type Reply = [status: number, body: unknown];

const asBytes = (body: unknown): Buffer => (Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body)));

/** What kind of request a path is (hue.md 1, 4 and 5). */
function kindOf(method: string, path: string): Received["kind"] {
  if (method === "POST" && path === "/api") return "pair";
  if (path === "/api/config" || path === "/api/0/config") return "config";
  if (path === "/eventstream/clip/v2") return "events";
  if (path.startsWith("/clip/v2/resource")) return "resources";
  return /^\/api\/[^/]+\/sensors$/.test(path) ? "sensors" : "other";
}

/** Answers as a bridge does; `received` is told of everything that comes. */
export function answering(inside: Inside, clock: Clock, received: (one: Received) => void) {
  const { faults, house, streams, keys } = inside;

  function pair(body: string): Reply {
    const asked = parse(body);
    if (asked === undefined) return [200, v1Error(2, "", "body contains invalid json")];
    const { devicetype, generateclientkey } = Object(asked);
    if (typeof devicetype !== "string") return [200, v1Error(5, "", "invalid/missing parameters in body")];
    if (clock.monotonicMs() > inside.pressedUntilMs) return [200, v1Error(101, "", "link button not pressed")];
    const username = randomBytes(20).toString("hex");
    keys.add(username);
    inside.pairedWith.push(devicetype);
    const clientkey = randomBytes(16).toString("hex").toUpperCase();
    return [200, [{ success: generateclientkey === true ? { username, clientkey } : { username } }]];
  }

  function sensors(path: string): Reply {
    const key = decodeURIComponent(path.split("/")[2] ?? "");
    if (!keys.has(key)) return [200, v1Error(1, "/sensors", "unauthorized user")];
    return [200, faults.body ?? inside.v1 ?? asV1(house.resources)];
  }

  function resources(path: string): Reply {
    if (faults.body) return [200, faults.body];
    const [type, id] = path.slice("/clip/v2/resource".length).split("/").filter(Boolean);
    const data = house.resources.filter((one) => (!type || one.type === type) && (!id || one.id === id));
    return id && !data.length ? [404, { errors: [{ description: "Not Found" }], data }] : [200, { errors: [], data }];
  }

  /** What it says; "listen" where it begins to tell what happens. */
  function reply(kind: Received["kind"], path: string, body: string, key: unknown): Reply | "listen" {
    if (kind === "config") return [faults.configStatus ?? 200, faults.config ?? inside.config];
    if (kind === "pair") return pair(body);
    if (faults.tooMany > 0) {
      faults.tooMany -= 1;
      return [429, Buffer.alloc(0)];
    }
    const status = faults.status ?? (kind === "events" ? faults.streamStatus : undefined);
    if (status !== undefined) return [status, { errors: [{ description: "not now" }], data: [] }];
    if (kind === "sensors") return sensors(path);
    if (!inside.hasV2 || kind === "other")
      return [faults.absentStatus, v1Error(3, path, `resource, ${path}, not available`)];
    if (!keys.has(String(key))) return [403, { errors: [{ description: "unauthorized" }], data: [] }];
    return kind === "events" ? "listen" : resources(path);
  }

  return async (request: IncomingMessage, response: ServerResponse, secure: boolean): Promise<void> => {
    const { method = "", url: path = "", headers } = request;
    const kind = kindOf(method, path);
    received({ kind, method, path, atMs: clock.monotonicMs(), secure });
    let body = "";
    for await (const chunk of request) body += chunk;
    if (faults.silent) return;
    const said = reply(kind, path, body, headers["hue-application-key"]);
    if (said === "listen") return streams.join(response);
    const bytes = asBytes(said[1]);
    if (faults.keepsNone) response.setHeader("connection", "close");
    if (faults.lateMs > 0 && kind === "resources") await clock.sleep(faults.lateMs);
    response.writeHead(said[0], { "content-type": "application/json", "content-length": bytes.length }).end(bytes);
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
