import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";
import { expect, it } from "vitest";
import { makeCertificates } from "../support/certificates.ts";
import { startMosquitto } from "../support/mosquitto.ts";
import { suite } from "../support/need.ts";
import { startDaemon } from "../support/process.ts";
import { runToy } from "../support/toy.ts";

const script = join(import.meta.dirname, "../support/toy-main.ts");

async function otherAuthority(names?: string) {
  const folder = await mkdtemp(join(tmpdir(), "other-authority-"));
  return {
    ...(await makeCertificates(folder, names)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Shakes hands as a broker with a certificate for these names would; nothing more. */
async function shakeHands(names?: string) {
  const authority = await otherAuthority(names);
  const [cert, key] = await Promise.all([authority.serverCert, authority.serverKey].map((file) => readFile(file)));
  const server = createServer({ cert, key });
  const called = new Promise<TLSSocket["servername"]>((resolve) =>
    server.on("secureConnection", (socket) => {
      socket.on("error", () => {});
      resolve(socket.servername);
    }),
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    caFile: authority.caFile,
    /** The name that the first one who trusts us asked for (SNI). */
    called,
    async [Symbol.asyncDispose]() {
      server.close();
      await authority[Symbol.asyncDispose]();
    },
  };
}

suite("a daemon and a broker with TLS", ["mosquitto", "openssl"], () => {
  it.concurrent("meet when the daemon knows the broker's CA, by address and by name", async () => {
    await using broker = await startMosquitto({ tls: true });
    for (const url of [broker.url, broker.url.replace("127.0.0.1", "localhost")]) {
      await using toy = runToy(url, { mqtt: { ca_file: broker.caFile } });
      await toy.logged.until("connected to the broker");
      expect(toy.logged.said("warn", "error")).toEqual([]);
    }
  });

  it.concurrent("meet by the system's CAs", async () => {
    await using broker = await startMosquitto({ tls: true });
    const env = { SSL_CERT_FILE: broker.caFile, MQTT_THINGS_MQTT_URL: broker.url };
    await using daemon = startDaemon([], { script, env });
    await daemon.untilLog("connected to the broker");
    daemon.signal("SIGTERM");
    expect(await daemon.exited).toMatchObject({ code: 0 });
  });

  it.concurrent("don't meet when its CA is unknown, or another: a sentence says why, and the daemon goes on", async () => {
    await using broker = await startMosquitto({ tls: true });
    await using other = await otherAuthority();
    for (const mqtt of [{}, { ca_file: other.caFile }]) {
      await using toy = runToy(broker.url, { mqtt });
      const line = await toy.logged.until("can't be reached");
      expect(line).toMatch(/its certificate .*(signed by|CA)/);
      expect(line).toContain("mqtt.ca_file");
      expect(await Promise.race([toy.ended, Promise.resolve("lives")])).toBe("lives");
    }
  });

  it.concurrent("don't meet by the system's CAs when the daemon was told of another one", async () => {
    await using broker = await startMosquitto({ tls: true });
    await using other = await otherAuthority();
    const env = {
      SSL_CERT_FILE: broker.caFile,
      MQTT_THINGS_MQTT_URL: broker.url,
      MQTT_THINGS_MQTT_CA_FILE: other.caFile,
    };
    await using daemon = startDaemon([], { script, env });
    expect(await daemon.untilLog(/can't be reached|connected to the broker/)).toMatch(
      /its certificate .*(signed by|CA)/,
    );
  });

  it.concurrent("don't meet when its certificate is for another name: a sentence says so", async () => {
    await using server = await shakeHands("DNS:mqtt-broker");
    await using toy = runToy(`mqtts://127.0.0.1:${server.port}`, { mqtt: { ca_file: server.caFile } });
    expect(await toy.logged.until("can't be reached")).toContain("its certificate is for another name");
  });

  it.concurrent("meet by the broker's name where several share an address (SNI)", async () => {
    await using server = await shakeHands();
    await using _toy = runToy(`mqtts://localhost:${server.port}`, { mqtt: { ca_file: server.caFile } });
    expect(await server.called).toBe("localhost");
  });

  it.concurrent("meet anyway with insecure, which warns each time it starts", async () => {
    await using broker = await startMosquitto({ tls: true });
    await using toy = runToy(broker.url, { mqtt: { insecure: true } });
    await toy.logged.until("connected to the broker");
    expect(toy.logged.said("warn")).toEqual(["mqtt.insecure: the broker's certificate is not verified"]);
  });

  it.concurrent("meet with the daemon's certificate where the broker wants one, and not without or with another's", async () => {
    await using broker = await startMosquitto({ tls: true, requireClientCertificate: true });
    await using other = await otherAuthority();
    const ca_file = broker.caFile;
    await using known = runToy(broker.url, {
      mqtt: { ca_file, cert_file: broker.clientCert, key_file: broker.clientKey },
    });
    await known.logged.until("connected to the broker");
    for (const own of [{}, { cert_file: other.clientCert, key_file: other.clientKey }]) {
      await using stranger = runToy(broker.url, { mqtt: { ca_file, ...own } });
      const line = await stranger.logged.until("can't be reached");
      expect(line).toContain("mqtt.cert_file and mqtt.key_file");
      expect(await Promise.race([stranger.ended, Promise.resolve("lives")])).toBe("lives");
    }
  });

  it.concurrent("don't meet where only one of them speaks TLS: a sentence says so", async () => {
    await using plain = await startMosquitto();
    await using secure = await startMosquitto({ tls: true });
    for (const url of [plain.url.replace("mqtt:", "mqtts:"), secure.url.replace("mqtts:", "mqtt:")]) {
      await using toy = runToy(url);
      const line = await toy.logged.until("can't be reached");
      expect(line).toMatch(/does not speak TLS on this port|is its port one for mqtts/);
    }
  });
});
