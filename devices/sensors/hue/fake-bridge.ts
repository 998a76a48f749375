import { type Clock, realClock } from "../../../src/clock.ts";
import { type Certificates, makeCertificates } from "./fake-certificate.ts";
import { type Faults, noFaults } from "./fake-faults.ts";
import { type FakeHouse, type FakeNews, fakeHouse, smallHouse } from "./fake-house.ts";
import { answering, type Inside, type Received } from "./fake-requests.ts";
import type { FakeResource } from "./fake-resources.ts";
import { fakeServers } from "./fake-servers.ts";
import { type FakeStreams, fakeStreams } from "./fake-stream.ts";

/** A Hue bridge on sockets of this machine; closing it takes it off the network. */
export interface FakeBridge extends AsyncDisposable {
  readonly host: string;
  /** Of HTTPS; of HTTP where the bridge speaks no TLS. */
  readonly port: number;
  /** Of HTTP, where it speaks both. */
  readonly httpPort: number | undefined;
  readonly bridgeId: string;
  /** An application key that it knows. */
  readonly key: string;
  /** Undefined where it speaks no TLS. */
  readonly certificates: Certificates | undefined;
  readonly house: FakeHouse;
  readonly faults: Faults;
  /** What it was asked, the last 10,000. */
  readonly received: readonly Received[];
  /** How many connections were opened to it. */
  readonly connections: number;
  readonly streams: Pick<FakeStreams, "count" | "hangUp" | "send">;
  /** Tells listeners this, whether or not it is true. */
  tell(news: FakeNews): void;
  /** What it says of itself. */
  readonly config: Record<string, unknown>;
  /** The applications that it was paired with by its button. */
  readonly pairedWith: readonly string[];
  /** The button counts as pressed for 30 s. */
  pressLinkButton(): void;
  /** Forgets every application it was paired with, and hangs up on those that listen. */
  revokeKeys(): void;
  /** Gives it another firmware. */
  update(version: string): void;
  /** Pulls its plug: whoever calls is refused. */
  powerOff(): Promise<void>;
  /** Starts it again at the same ports; it lists its resources in another order then. */
  powerOn(): Promise<void>;
}

interface Setting {
  /** `square`: HTTPS and HTTP. `pro`: HTTPS, and HTTP sends everybody there. `round`: HTTP and v1 only. */
  kind?: "square" | "pro" | "round" | undefined;
  bridgeId?: string;
  version?: string;
  /** In place of what a bridge of this id would show. */
  certificates?: Certificates;
  resources?: FakeResource[];
  /** In place of what the resources would be in v1. */
  v1?: Record<string, unknown>;
  /** Of HTTPS; of HTTP where the bridge speaks no TLS. Any free one by default: a real bridge has 443 and 80. */
  port?: number;
  clock?: Clock;
}

const KEPT = 10_000;
const LINK_MS = 30_000;
const HOST = "127.0.0.1";
const NEW = "1970084010";
const OLD = "1935144040";
const models = { square: "BSB002", pro: "BSB003", round: "BSB001" };
/** hue.md 1 */
const hasV2 = (kind: keyof typeof models, version: string) => kind !== "round" && Number(version) >= 1_948_086_000;

/** Plugs in a bridge: a square one with a small house, unless told otherwise. */
export async function startFakeBridge(setting: Setting = {}): Promise<FakeBridge> {
  const { kind = "square", bridgeId = "001788FFFE123456", clock = realClock } = setting;
  const { version = kind === "round" ? OLD : NEW } = setting;
  const certificates =
    kind === "round" ? undefined : (setting.certificates ?? makeCertificates({ commonName: bridgeId.toLowerCase() }));
  const faults = noFaults();
  const streams = fakeStreams(faults, clock);
  const house = fakeHouse(setting.resources ?? smallHouse(bridgeId, version, clock), clock, streams.tell);
  const received: Received[] = [];
  const mac = `${bridgeId.slice(0, 6)}${bridgeId.slice(10)}`.toLowerCase().replace(/..(?=.)/g, "$&:");
  const inside: Inside = {
    config: {
      ...{ name: "Hue Bridge", datastoreversion: "180", swversion: version, apiversion: "1.70.0", mac },
      ...{ bridgeid: bridgeId, factorynew: false, replacesbridgeid: null, modelid: models[kind], starterkitid: "" },
    },
    hasV2: hasV2(kind, version),
    keys: new Set(["fake-key-aSd00000000000000000000000000000"]),
    v1: setting.v1,
    ...{ house, streams, faults },
    pairedWith: [],
    pressedUntilMs: Number.NEGATIVE_INFINITY,
  };
  const respond = answering(inside, clock, (one) => {
    received.push(one);
    if (received.length > KEPT) received.shift();
  });

  const servers = fakeServers({ host: HOST, port: setting.port }, certificates, (request, response, secure) => {
    if (!secure && kind === "pro") {
      response.writeHead(301, { location: `https://${request.headers.host}${request.url}` }).end();
    } else respond(request, response, secure).catch(() => response.destroy());
  });

  const self: FakeBridge = {
    host: HOST,
    bridgeId,
    certificates,
    house,
    faults,
    received,
    config: inside.config,
    pairedWith: inside.pairedWith,
    key: [...inside.keys][0] ?? "",
    get port() {
      return servers.ports[0] ?? 0;
    },
    get httpPort() {
      return servers.ports[1];
    },
    get connections() {
      return servers.connections;
    },
    streams,
    tell: streams.tell,
    pressLinkButton() {
      inside.pressedUntilMs = clock.monotonicMs() + LINK_MS;
    },
    revokeKeys() {
      inside.keys.clear();
      streams.hangUp();
    },
    update(next) {
      inside.config.swversion = next;
      inside.hasV2 = hasV2(kind, next);
    },
    powerOff: servers.off,
    async powerOn() {
      house.shuffle();
      await servers.on();
    },
    [Symbol.asyncDispose]: servers.off,
  };
  await servers.on();
  return self;
}
