import { generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { bits, integer, numbered, octets, oid, sequence, set, time, utf8, yes } from "./fake-der.ts";

/** What a server needs to speak TLS, as PEM texts, and what its clients need to trust it. */
export interface Certificates {
  /** The authority; of a bridge that signs itself, its own certificate. */
  root: string;
  /** Its own, and the one in between if there is one. */
  certificate: string;
  key: string;
  /** SHA-256 of the certificate, as `AB:CD:…`. */
  fingerprint: string;
  /** Who signed it. */
  issuer: Party;
}

interface Wishes {
  /** The bridge id, in small letters on a real bridge (hue.md 2). */
  commonName: string;
  /** Like a bridge with old firmware. */
  selfSigned?: boolean;
  /** By the same authority as another bridge's. */
  issuer?: Party;
  /** Who stands between this bridge and the authority: one that may sign, or another bridge, which may not. */
  between?: "authority" | "bridge";
  validFromMs?: number;
  validToMs?: number;
}

/** Who can sign. */
export interface Party {
  name: Buffer;
  publicKey: KeyObject;
  privateKey: KeyObject;
}

const DAY_MS = 86_400_000;
const algorithm = sequence(oid("1.2.840.10045.4.3.2")); // ecdsa-with-SHA256

function nameOf(organisation: string, commonName: string): Buffer {
  const part = (type: string, text: string) => set(sequence(oid(type), utf8(text)));
  return sequence(part("2.5.4.6", "NL"), part("2.5.4.10", organisation), part("2.5.4.3", commonName));
}

const party = (organisation: string, commonName: string): Party => ({
  name: nameOf(organisation, commonName),
  ...generateKeyPairSync("ec", { namedCurve: "P-256" }),
});

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(oid(id), ...(critical ? [yes] : []), octets(value));

const authority = [
  extension("2.5.29.19", true, sequence(yes)), // basic constraints: an authority
  extension("2.5.29.15", true, bits(Buffer.from([0x06]), 1)), // may sign certificates and revocations
];
const server = [
  extension("2.5.29.19", true, sequence()),
  extension("2.5.29.15", true, bits(Buffer.from([0x80]), 7)), // may sign handshakes
  extension("2.5.29.37", false, sequence(oid("1.3.6.1.5.5.7.3.1"))), // as a TLS server
];

/** A certificate as RFC 5280, 4.1 has it. */
function certificate(
  subject: Party,
  issuer: Party,
  serial: bigint,
  fromMs: number,
  toMs: number,
  extensions: Buffer[],
) {
  const content = sequence(
    numbered(0, integer(2n)),
    integer(serial),
    algorithm,
    issuer.name,
    sequence(time(fromMs), time(toMs)),
    subject.name,
    subject.publicKey.export({ type: "spki", format: "der" }),
    numbered(3, sequence(...extensions)),
  );
  const signature = sign("sha256", content, issuer.privateKey);
  return new X509Certificate(sequence(content, algorithm, bits(signature)));
}

/** Makes a certificate for a bridge, and the authority that signed it, for the occasion. */
export function makeCertificates(wishes: Wishes): Certificates {
  const { commonName, selfSigned = false, between } = wishes;
  const { validFromMs = Date.now() - DAY_MS, validToMs = Date.now() + 3_650 * DAY_MS } = wishes;
  const bridge = party("Philips Hue", commonName);
  const issuer = selfSigned ? bridge : (wishes.issuer ?? party("Fake Hue", "root-bridge"));
  const middle = between && party("Fake Hue", between === "bridge" ? "001788fffe999999" : "in between");
  const serial = /^[0-9a-f]{1,16}$/i.test(commonName)
    ? BigInt(`0x${commonName}`)
    : BigInt(`0x${randomBytes(7).toString("hex")}`);
  const extensions = selfSigned ? authority.slice(0, 1) : server;
  const own = certificate(bridge, middle ?? issuer, serial, validFromMs, validToMs, extensions);
  const long = [Date.now() - 2 * DAY_MS, Date.now() + 7_300 * DAY_MS] as const;
  const root = certificate(issuer, issuer, 1n, ...long, authority);
  const link = middle && certificate(middle, issuer, 2n, ...long, between === "bridge" ? server : authority);
  return {
    root: selfSigned ? own.toString() : root.toString(),
    certificate: `${own}${link ?? ""}`,
    key: bridge.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    fingerprint: own.fingerprint256,
    issuer,
  };
}
