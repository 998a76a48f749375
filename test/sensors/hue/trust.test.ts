import { X509Certificate } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import type { BridgeOptions } from "../../../devices/sensors/hue/bridge.ts";
import { startFakeBridge } from "../../../devices/sensors/hue/fake-bridge.ts";
import { makeCertificates } from "../../../devices/sensors/hue/fake-certificate.ts";
import { signifyRoots } from "../../../devices/sensors/hue/roots.ts";
import { freePort } from "../../support/ports.ts";
import { met, wire } from "./wired.ts";

type Setting = Parameters<typeof startFakeBridge>[0];
const ID = "001788fffe123456";

/** What comes of meeting such a bridge: served, or why not. */
async function outcome(setting: Setting, options: Partial<BridgeOptions> = {}) {
  const wired = await wire(setting, options);
  const { bridge, fake, until } = wired;
  await until(() => bridge.status.get().sensors !== undefined || bridge.status.get().problem !== undefined);
  const { problem, sensors, secure } = bridge.status.get();
  return { wired, problem, served: sensors !== undefined, secure, asked: fake.received.map(({ kind }) => kind) };
}

describe("a bridge that is", () => {
  const certified = (wishes: Parameters<typeof makeCertificates>[0]) => ({ certificates: makeCertificates(wishes) });
  const DAY_MS = 86_400_000;

  test("itself is trusted, with its id and without", async () => {
    expect(await outcome({})).toMatchObject({ served: true, secure: true });
    expect(await outcome({}, { bridgeId: "001788FFFE123456" })).toMatchObject({ served: true, secure: true });
  });

  test("itself, with an id of capitals in its certificate, is trusted", async () => {
    expect(await outcome(certified({ commonName: ID.toUpperCase() }), { bridgeId: ID })).toMatchObject({
      served: true,
    });
  });

  test("another one is refused, with what was expected and what came, and learns no key", async () => {
    const { problem, asked } = await outcome({}, { bridgeId: "001788fffe654321" });
    expect(problem).toMatchObject({
      trouble: "stranger",
      message: expect.stringContaining(`${ID} instead of 001788fffe654321`),
    });
    expect(asked).toEqual([]);
  });

  test("another one than its certificate says is refused", async () => {
    const { problem, asked } = await outcome(certified({ commonName: "001788fffe000001" }));
    expect(problem).toMatchObject({ trouble: "stranger", message: expect.stringContaining("001788fffe000001") });
    expect(asked).toEqual(["config"]);
  });

  test("signed by somebody else is refused, with its fingerprint", async () => {
    const { problem, wired, asked } = await outcome({}, { roots: signifyRoots });
    const fingerprint = wired.fake.certificates?.fingerprint;
    expect(problem).toMatchObject({
      trouble: "untrusted",
      fingerprint,
      message: expect.stringMatching(/nobody we trust has signed its certificate, but "root-bridge" \(/),
    });
    expect(asked).toEqual([]);
  });

  test("signed by somebody whom our authority lets sign is trusted", async () => {
    expect(await outcome(certified({ commonName: ID, between: "authority" }))).toMatchObject({
      ...{ served: true, secure: true },
    });
  });

  test("signed by another real bridge, which may not sign, is refused and learns no key", async () => {
    const { problem, asked } = await outcome(certified({ commonName: ID, between: "bridge" }), { bridgeId: ID });
    expect(problem).toMatchObject({ trouble: "untrusted", message: expect.stringContaining('"001788fffe999999"') });
    expect(asked).toEqual([]);
  });

  test("signed by itself is refused, and the fingerprint is shown", async () => {
    const { problem, wired, asked } = await outcome(certified({ commonName: ID, selfSigned: true }), {
      roots: undefined,
    });
    const fingerprint = wired.fake.certificates?.fingerprint ?? "";
    expect(problem).toMatchObject({ trouble: "untrusted", fingerprint });
    expect(problem?.message).toMatch(/signed its certificate itself/);
    expect(problem?.message).toContain(fingerprint);
    expect(asked).toEqual([]);
  });

  test.each(["as it is shown", "in small letters without colons"])(
    "pinned by its fingerprint, %s, is trusted",
    async (form) => {
      for (const wishes of [{ selfSigned: true }, { validToMs: Date.now() - DAY_MS }, { commonName: "somebody" }]) {
        const certificates = makeCertificates({ commonName: ID, ...wishes });
        const shown = certificates.fingerprint;
        const fingerprint = form === "as it is shown" ? shown : shown.toLowerCase().replaceAll(":", "");
        expect(await outcome({ certificates }, { fingerprint, roots: undefined })).toMatchObject({ served: true });
      }
    },
  );

  test("not the pinned one is refused, whoever signed it", async () => {
    const { problem, asked } = await outcome({}, { fingerprint: "AB:".repeat(31).concat("AB") });
    expect(problem).toMatchObject({ trouble: "untrusted", message: expect.stringMatching(/another fingerprint/) });
    expect(asked).toEqual([]);
    expect((await outcome({}, { fingerprint: "" })).problem?.trouble).toBe("untrusted");
  });

  test("of the past, or of the future, is refused, and the clock is mentioned", async () => {
    const past = await outcome(certified({ commonName: ID, validToMs: Date.now() - DAY_MS }));
    expect(past.problem).toMatchObject({ trouble: "untrusted", message: expect.stringMatching(/valid until/) });
    const future = await outcome(certified({ commonName: ID, validFromMs: Date.now() + DAY_MS }));
    expect(future.problem?.message).toMatch(/is the clock of this machine right/);
  });

  test.each([
    ["another real one", "001788fffe654321", false, "stranger"],
    ["one of the same id that signs itself", ID, true, "untrusted"],
  ])(
    "replaced by %s while we serve is refused, and that one learns no key",
    async (_name, commonName, selfSigned, trouble) => {
      const { bridge, fake, passUntil } = await met();
      await fake.powerOff();
      const certificates = makeCertificates({
        commonName,
        selfSigned,
        ...(fake.certificates && { issuer: fake.certificates.issuer }),
      });
      const other = await startFakeBridge({ port: fake.port, certificates, bridgeId: commonName.toUpperCase() });
      onTestFinished(() => other[Symbol.asyncDispose]());
      await passUntil(() => bridge.status.get().problem?.trouble === trouble, 120_000);
      expect(other.received).toEqual([]);
    },
  );
});

describe("where no TLS is spoken", () => {
  test("a round bridge is served in the open, with v1", async () => {
    const result = await outcome({ kind: "round" }, { plainHttp: "round-bridge" });
    expect(result).toMatchObject({ served: true, secure: false });
    expect(result.wired.bridge.status.get().api).toBe("v1");
    expect(result.wired.lines.join("")).toMatch(/whoever listens on this network learns its key/);
  });

  /** A bridge that can be found on its port for HTTP alone. */
  async function withoutTls(options: Partial<BridgeOptions>) {
    const port = await freePort();
    const fake = await startFakeBridge({ kind: "round" });
    onTestFinished(() => fake[Symbol.asyncDispose]());
    Object.assign(fake.config, { modelid: "BSB002" });
    return outcome({}, { port: fake.port, key: fake.key, ...options, ...(options.port === 0 && { port }) });
  }

  test("any other bridge is refused, and learns no key", async () => {
    const { problem } = await withoutTls({ plainHttp: "round-bridge" });
    expect(problem).toMatchObject({ trouble: "plain", message: expect.stringMatching(/round bridge only.*BSB002/) });
  });

  test("any bridge is served in the open when that is allowed", async () => {
    expect(await withoutTls({ plainHttp: "without-tls" })).toMatchObject({ served: true, secure: false });
    expect(await withoutTls({ plainHttp: "always" })).toMatchObject({ served: true, secure: false });
  });

  test("a pinned bridge is never spoken with in the open", async () => {
    const { problem } = await withoutTls({ plainHttp: "without-tls", fingerprint: "AB" });
    expect(problem?.trouble).toBe("plain");
  });

  test("another bridge than the one that is meant is refused", async () => {
    const { problem } = await withoutTls({ plainHttp: "always", bridgeId: "001788fffe654321" });
    expect(problem?.trouble).toBe("stranger");
  });

  test("a bridge that is not trusted is not asked in the open instead", async () => {
    const { problem, asked } = await outcome({}, { roots: signifyRoots, plainHttp: "without-tls" });
    expect([problem?.trouble, asked]).toEqual(["untrusted", []]);
  });

  test("nobody is told that nothing listens twice", async () => {
    const { problem } = await outcome({}, { port: await freePort(), plainHttp: "without-tls" });
    expect(problem).toMatchObject({ trouble: "refused", message: expect.stringMatching(/nothing listens/) });
  });

  test("a bridge that has proved who it is once is never again spoken with in the open", async () => {
    const { bridge, fake, pass, passUntil } = await met({}, { plainHttp: "without-tls" });
    const { port } = fake;
    await fake.powerOff();
    const liar = await startFakeBridge({ kind: "round", port });
    onTestFinished(() => liar[Symbol.asyncDispose]());
    await passUntil(() => bridge.status.get().problem?.trouble === "plain", 120_000);
    await pass(120_000, 500);
    expect([bridge.status.get().secure, liar.received]).toEqual([true, []]);
  });
});

describe("a redirect", () => {
  test("is never followed: a Bridge Pro in the open sends us away", async () => {
    const { fake } = await met({ kind: "pro" });
    const { problem } = await outcome({}, { port: fake.httpPort, plainHttp: "always", key: fake.key });
    expect(problem).toMatchObject({ trouble: "redirected", message: expect.stringMatching(/HTTPS.*301/) });
  });

  test.each([301, 302, 307, 308])("with status %i is a refusal, also later", async (status) => {
    const { bridge, fake, passUntil } = await met();
    fake.faults.status = status;
    await passUntil(() => bridge.status.get().problem?.trouble === "redirected", 70_000, 500);
  });

  test("is not followed either where a good answer is at its end", async () => {
    const asked: string[] = [];
    const config = { bridgeid: ID.toUpperCase(), modelid: "BSB001", name: "Elsewhere" };
    const server = createServer(({ url = "" }, response) => {
      asked.push(url);
      if (url.startsWith("/elsewhere")) response.end(JSON.stringify(config));
      else response.writeHead(302, { location: `/elsewhere${url}` }).end();
    });
    onTestFinished(() => void server.close().closeAllConnections());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { problem } = await outcome({}, { port, plainHttp: "always" });
    expect([problem?.trouble, asked]).toEqual(["redirected", ["/api/config"]]);
  });
});

test("whom we trust are Signify's two authorities, of 2017 and of 2025", () => {
  const certificates = signifyRoots.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const known = certificates.map((pem) => new X509Certificate(pem));
  expect(known.map(({ subject, fingerprint256 }) => [subject, fingerprint256.slice(0, 23)])).toEqual([
    ["C=NL\nO=Philips Hue\nCN=root-bridge", "F0:BD:8E:65:09:E8:2F:77"],
    ["C=NL\nO=Signify Hue\nCN=Hue Root CA 01", "D8:B8:94:48:B2:AF:8E:16"],
  ]);
});

test("TLS older than 1.2 is refused", async () => {
  const { key, certificate, root } = makeCertificates({ commonName: ID });
  const server = createTlsServer({
    key,
    cert: certificate,
    minVersion: "TLSv1.1",
    maxVersion: "TLSv1.1",
    ciphers: "ALL:@SECLEVEL=0",
  });
  server.on("tlsClientError", () => {});
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const { problem } = await outcome({}, { port, roots: root });
  expect(problem?.trouble).toBe("untrusted");
});
