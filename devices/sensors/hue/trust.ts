import { connect, type TLSSocket } from "node:tls";
import { HueError } from "./errors.ts";
import { signifyRoots } from "./roots.ts";

/** How a bridge proves who it is (requirement N1). */
export interface Trust {
  /** 16 hex digits: the one bridge that is meant. Without, the first one that proves to be some Hue bridge. */
  bridgeId?: string | undefined;
  /** SHA-256 of its own certificate, hex digits in any case, with or without colons: in place of everything else. */
  fingerprint?: string | undefined;
  /** PEM text of the authorities to trust in place of Signify's. */
  roots?: string | undefined;
}

/** What a bridge shows when we call. */
export interface Shown {
  /** Why its chain is not trusted, in OpenSSL's words; undefined when it is. */
  refusal: string | undefined;
  /** The common name of its certificate: its bridge id. */
  commonName: string | undefined;
  /** The common name of whoever signed it, or says so. */
  issuer: string | undefined;
  fingerprint: string;
  /** As the certificate says it. */
  validFrom: string;
  validTo: string;
}

/** The same bridge id or fingerprint, however it is written. */
const plain = (text: string): string => text.toLowerCase().replaceAll(":", "");

/** Compares bridge ids, whose case differs between certificate and interface. */
export const isSameBridge = (a: string, b: string): boolean => plain(a) === plain(b);

/** Why this bridge is not to be spoken with; undefined when it proved who it is. */
export function judge(shown: Shown, { bridgeId, fingerprint }: Trust): HueError | undefined {
  const { refusal, commonName, issuer, validFrom, validTo } = shown;
  const distrust = (why: string) => new HueError("untrusted", `the bridge is not trusted: ${why}`, shown.fingerprint);
  if (fingerprint !== undefined) {
    if (shown.fingerprint && plain(fingerprint) === plain(shown.fingerprint)) return undefined;
    return distrust(`its certificate has another fingerprint than the pinned ${fingerprint}: ${shown.fingerprint}`);
  }
  if (refusal === "DEPTH_ZERO_SELF_SIGNED_CERT") {
    return distrust(`it has signed its certificate itself, with the fingerprint ${shown.fingerprint}`);
  }
  if (refusal === "CERT_HAS_EXPIRED") return distrust(`its certificate was valid until ${validTo}`);
  if (refusal === "CERT_NOT_YET_VALID") {
    return distrust(`its certificate is valid from ${validFrom}: is the clock of this machine right?`);
  }
  if (refusal !== undefined) {
    const signer = JSON.stringify(issuer ?? "nobody");
    return distrust(`nobody we trust has signed its certificate, but ${signer} (${refusal})`);
  }
  if (commonName === undefined) return distrust("its certificate names no bridge");
  if (bridgeId !== undefined && !isSameBridge(commonName, bridgeId)) return stranger(bridgeId, commonName);
  return undefined;
}

/** Says that another bridge is at the address. */
export const stranger = (expected: string, came: string): HueError =>
  new HueError(
    "stranger",
    `another Hue bridge is at the address: ${came.toLowerCase()} instead of ${expected.toLowerCase()}`,
  );

/** A TLS socket whose peer's identity nobody has judged yet: nothing may be sent before `judge` has. */
export function dialTls(host: string, port: number, { roots = signifyRoots }: Trust): TLSSocket {
  return connect({
    host,
    port,
    ca: roots,
    minVersion: "TLSv1.2",
    ALPNProtocols: ["http/1.1"],
    // A bridge has no name that the network knows, only its id.
    servername: "",
    // Node would hang up before we have seen the certificate, and could not pin one. We look at each of them ourselves:
    // no session is ever resumed, because Node skips the checks then.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
}

/** What the bridge at the other end has shown in the handshake. */
export function shownBy(socket: TLSSocket): Shown {
  const { subject, issuer, fingerprint256, valid_from: validFrom, valid_to: validTo } = socket.getPeerCertificate();
  const refusal: unknown = socket.authorizationError;
  return {
    refusal: socket.authorized ? undefined : String(Object(refusal).code ?? refusal),
    commonName: nameIn(subject),
    issuer: nameIn(issuer),
    fingerprint: fingerprint256 ?? "",
    validFrom,
    validTo,
  };
}

/** A certificate with several common names names nobody. */
function nameIn(party: { CN?: unknown } | undefined): string | undefined {
  return typeof party?.CN === "string" && party.CN !== "" ? party.CN : undefined;
}
