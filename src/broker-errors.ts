import { unreachable } from "./network-errors.ts";

interface Trouble {
  code?: unknown;
  message?: string;
}

const wantsOurs = "it wants a client certificate that it knows: name one in mqtt.cert_file and mqtt.key_file";

const certificates: Record<string, string> = {
  SELF_SIGNED_CERT_IN_CHAIN:
    "its certificate is signed by a CA that is not known here: name that CA's file in mqtt.ca_file",
  UNABLE_TO_GET_ISSUER_CERT:
    "its certificate is signed by a CA that is not known here: name that CA's file in mqtt.ca_file",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "its certificate is signed by a CA that is not known here: name that CA's file in mqtt.ca_file",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "its certificate is signed by a CA that is not known here: name that CA's file in mqtt.ca_file",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed: name it in mqtt.ca_file",
  CERT_SIGNATURE_FAILURE: "its certificate was not signed by the CA in mqtt.ca_file",
  CERT_HAS_EXPIRED: "its certificate has expired: renew it, or set this machine's clock",
  CERT_NOT_YET_VALID: "its certificate is not valid yet: set this machine's clock",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: wantsOurs,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: wantsOurs,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: wantsOurs,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: wantsOurs,
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name: use the name in the certificate in mqtt.url",
};

/** CONNACK codes of MQTT 3.1.1 (§3.2.2.3) and 5 (§3.2.2.2), those that a person can do something about. */
const refusals: Record<number, string> = {
  2: "it refuses our client id: choose another instance",
  3: "it is not ready (server unavailable)",
  4: "it refuses our user name or password: check mqtt.username and mqtt.password_file",
  5: "it does not let us in: check mqtt.username, mqtt.password_file and the broker's users",
  133: "it refuses our client id: choose another instance",
  134: "it refuses our user name or password: check mqtt.username and mqtt.password_file",
  135: "it does not let us in: check mqtt.username, mqtt.password_file and the broker's users",
  136: "it is not ready (server unavailable)",
  137: "it is busy",
  138: "it has banned us",
};

/** Whether a CONNACK says that the broker does not speak MQTT 5 (C2). */
export const speaksNoMqtt5 = (trouble: Trouble | undefined) => trouble?.code === 1 || trouble?.code === 132;

/** Why a broker can't be reached, as a sentence with the way out. */
export function explain(trouble: Trouble | undefined, host: string): string {
  return `the broker can't be reached: ${reason(trouble, host)}`;
}

function reason(trouble: Trouble | undefined, host: string): string {
  const code = trouble?.code;
  if (typeof code === "number")
    return refusals[code] ?? `it refuses the connection (code ${code}: ${trouble?.message})`;
  if (typeof code === "string" && certificates[code]) return certificates[code];
  const network = unreachable(code, host, "the broker");
  if (network) return network;
  switch (code) {
    case "EPROTO":
    case "ERR_SSL_WRONG_VERSION_NUMBER":
      return `${host} does not speak TLS on this port: use mqtt:// or the broker's TLS port`;
    case "ECONNRESET":
    case "EPIPE":
      return closed(host);
    default:
      return trouble?.message === "connack timeout" ? `${host} does not answer` : (trouble?.message ?? closed(host));
  }
}

const closed = (host: string) =>
  `${host} closes the connection at once: is its port one for mqtts:// (TLS), or one for mqtt://?`;
