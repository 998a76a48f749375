import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Paths of PEM files, all signed by one authority made for the occasion. */
export interface Certificates {
  caFile: string;
  serverCert: string;
  serverKey: string;
  clientCert: string;
  clientKey: string;
}

const settings = (names: string) => `
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = ${names}
[client]
basicConstraints = CA:FALSE
extendedKeyUsage = clientAuth
`;

/** Makes an authority, a server certificate for these names, and a client certificate, with `openssl`. */
export async function makeCertificates(folder: string, names = "DNS:localhost, IP:127.0.0.1"): Promise<Certificates> {
  const file = (name: string) => join(folder, name);
  const config = file("openssl.cnf");
  await writeFile(config, settings(names));
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-config", config];
  const caFile = file("ca.pem");
  const caKey = file("ca.key");
  await run("openssl", [
    ...["req", "-x509", ...key, "-keyout", caKey, "-out", caFile],
    ...["-extensions", "ca", "-days", "2", "-subj", "/CN=mqtt-things test authority"],
  ]);

  async function signed(kind: "server" | "client", commonName: string) {
    const request = file(`${kind}.csr`);
    const pair = { cert: file(`${kind}.pem`), key: file(`${kind}.key`) };
    await run("openssl", ["req", ...key, "-keyout", pair.key, "-out", request, "-subj", `/CN=${commonName}`]);
    await run("openssl", [
      ...["x509", "-req", "-in", request, "-CA", caFile, "-CAkey", caKey, "-CAserial", file(`${kind}.srl`)],
      ...["-CAcreateserial", "-extfile", config, "-extensions", kind, "-days", "2", "-out", pair.cert],
    ]);
    return pair;
  }

  const [server, client] = await Promise.all([signed("server", "localhost"), signed("client", "test-client")]);
  return { caFile, serverCert: server.cert, serverKey: server.key, clientCert: client.cert, clientKey: client.key };
}
