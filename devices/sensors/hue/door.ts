import type { Clock } from "../../../src/clock.ts";
import { HueError } from "./errors.ts";
import { type Identity, NO_BRIDGE, readIdentity } from "./identity.ts";
import { jsonOf } from "./json.ts";
import { isSameBridge, stranger, type Trust } from "./trust.ts";
import { openWire, type Wire } from "./wire.ts";

/** When a bridge is spoken with in the open (requirement N1). */
export type PlainHttp =
  /** Only a round bridge, which can't do anything else. */
  | "round-bridge"
  /** Any bridge that speaks no TLS. */
  | "without-tls"
  /** Always: HTTPS is not tried. */
  | "always";

/** Where a bridge is, and how it has to prove who it is. */
export interface Address extends Trust {
  host: string;
  /** By default 443 for HTTPS and 80 for HTTP. One that is given is used for both, but for 443. */
  port?: number | undefined;
  /** `round-bridge` by default. */
  plainHttp?: PlainHttp | undefined;
}

/** A bridge that said who it is, and proved it where it can. */
export interface Met {
  identity: Identity;
  wire: Wire;
}

/** The way to one bridge: once it has proved who it is, nobody else may take its place, and nothing is sent in the open. */
export interface Door {
  /** Throws HueError. */
  meet(signal: AbortSignal): Promise<Met>;
  close(): void;
}

const HTTPS = 443;
const HTTP = 80;
const CONFIG = { bytes: 64 * 1024, ms: 5_000 };

export function openDoor(
  { host, port = HTTPS, plainHttp = "round-bridge", ...trust }: Address,
  { clock, dialled }: { clock: Clock; dialled(): void },
): Door {
  const far = { host, clock, dialled };
  const known: Trust = { ...trust };
  const secure = openWire({ ...far, port, trust: known });
  const open = openWire({ ...far, port: port === HTTPS ? HTTP : port, trust: undefined });
  let proven = false;

  async function meetOver(wire: Wire, signal: AbortSignal): Promise<Met> {
    const answer = await wire.ask({ path: "/api/config" }, CONFIG, signal);
    const { status } = answer;
    // Every bridge tells everybody: that nobody may know is no word about our key, nor about v2.
    if ([401, 403, 404].includes(status)) throw new HueError("nonsense", `${NO_BRIDGE} (HTTP ${status})`);
    const identity = readIdentity(jsonOf(answer));
    const shown = wire.shown()?.commonName;
    if (known.bridgeId !== undefined && !isSameBridge(known.bridgeId, identity.id)) {
      throw stranger(known.bridgeId, identity.id);
    }
    // Without an id to expect, the certificate must at least be this bridge's own.
    if (shown !== undefined && known.fingerprint === undefined && !isSameBridge(shown, identity.id)) {
      throw stranger(shown, identity.id);
    }
    return { identity, wire };
  }

  async function meetInTheOpen(signal: AbortSignal, instead: HueError | undefined): Promise<Met> {
    const met = await meetOver(open, signal).catch((error: HueError) => {
      throw instead?.trouble === "refused" && error.trouble === "refused" ? instead : error;
    });
    if (plainHttp !== "round-bridge" || met.identity.isRound) return met;
    const why = "the bridge speaks no TLS, and plain HTTP is allowed for a round bridge only";
    throw new HueError("plain", `${why} (it is a ${met.identity.model})`);
  }

  return {
    async meet(signal) {
      let met: Met;
      try {
        met = plainHttp === "always" ? await meetInTheOpen(signal, undefined) : await meetOver(secure, signal);
      } catch (error) {
        if (!(error instanceof HueError) || plainHttp === "always") throw error;
        const speaksNoTls = error.trouble === "plain" || error.trouble === "refused";
        if (!speaksNoTls || proven || known.fingerprint !== undefined) throw error;
        met = await meetInTheOpen(signal, error);
      }
      known.bridgeId ??= met.identity.id;
      proven ||= met.wire.secure;
      return met;
    },
    close() {
      secure.close();
      open.close();
    },
  };
}
