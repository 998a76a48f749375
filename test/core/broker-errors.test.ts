import { describe, expect, it } from "vitest";
import { explain, speaksNoMqtt5 } from "../../src/broker-errors.ts";

const why = (trouble: { code?: unknown; message?: string } | undefined, host = "mqtt-broker:1883") => {
  const sentence = explain(trouble, host);
  expect(sentence).toMatch(/^the broker can't be reached: ./);
  return sentence.slice("the broker can't be reached: ".length);
};

describe("why the broker can't be reached is a sentence with the way out", () => {
  it.each([
    ["SELF_SIGNED_CERT_IN_CHAIN", "name that CA's file in mqtt.ca_file"],
    ["UNABLE_TO_GET_ISSUER_CERT", "name that CA's file in mqtt.ca_file"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "name that CA's file in mqtt.ca_file"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "name that CA's file in mqtt.ca_file"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "is self-signed: name it in mqtt.ca_file"],
    ["CERT_SIGNATURE_FAILURE", "was not signed by the CA in mqtt.ca_file"],
    ["CERT_HAS_EXPIRED", "has expired: renew it, or set this machine's clock"],
    ["CERT_NOT_YET_VALID", "is not valid yet: set this machine's clock"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "is for another name: use the name in the certificate in mqtt.url"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "name one in mqtt.cert_file and mqtt.key_file"],
    ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "name one in mqtt.cert_file and mqtt.key_file"],
    ["ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE", "name one in mqtt.cert_file and mqtt.key_file"],
    ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "name one in mqtt.cert_file and mqtt.key_file"],
    ["ECONNREFUSED", "nothing listens at mqtt-broker:1883 (connection refused)"],
    ["ENOTFOUND", "the name mqtt-broker:1883 does not resolve"],
    ["EAI_AGAIN", "the name mqtt-broker:1883 does not resolve"],
    ["EAI_FAIL", "the name mqtt-broker:1883 does not resolve"],
    ["EHOSTUNREACH", "there is no route to mqtt-broker:1883"],
    ["ENETUNREACH", "there is no route to mqtt-broker:1883"],
    ["ETIMEDOUT", "mqtt-broker:1883 does not answer"],
    ["EPROTO", "does not speak TLS on this port: use mqtt:// or the broker's TLS port"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "does not speak TLS on this port: use mqtt:// or the broker's TLS port"],
    ["ECONNRESET", "mqtt-broker:1883 closes the connection at once"],
    ["EPIPE", "mqtt-broker:1883 closes the connection at once"],
  ])("%s: … %s", (code, end) => {
    expect(why({ code, message: "something unreadable" })).toContain(end);
    expect(why({ code, message: "something unreadable" })).not.toContain("unreadable");
  });

  it.each([
    [2, "our client id: choose another instance"],
    [3, "not ready"],
    [4, "our user name or password: check mqtt.username and mqtt.password_file"],
    [5, "does not let us in: check mqtt.username, mqtt.password_file and the broker's users"],
    [133, "our client id: choose another instance"],
    [134, "our user name or password: check mqtt.username and mqtt.password_file"],
    [135, "does not let us in: check mqtt.username, mqtt.password_file and the broker's users"],
    [136, "not ready"],
    [137, "busy"],
    [138, "banned"],
  ])("CONNACK %i: … %s", (code, end) => {
    expect(why({ code, message: "Connection refused" })).toContain(end);
  });

  it("a code that nobody can do anything about is told with the broker's own words", () => {
    expect(why({ code: 151, message: "Quota exceeded" })).toBe("it refuses the connection (code 151: Quota exceeded)");
  });

  it("a .local name that does not resolve is explained, with or without a port; other names are not", () => {
    for (const host of ["house.local", "house.local:1883"]) {
      expect(why({ code: "ENOTFOUND" }, host)).toMatch(
        /^house\.local(:1883)? does not resolve\. .*containers: use the broker's address instead$/,
      );
    }
    for (const host of ["house.localhost", "house.local.example:1883", "local"]) {
      expect(why({ code: "ENOTFOUND" }, host)).toBe(`the name ${host} does not resolve`);
    }
  });

  it("a broker that accepts and then says nothing does not answer", () => {
    expect(why({ message: "connack timeout" })).toBe("mqtt-broker:1883 does not answer");
  });

  it("anything else is told as it is, and nothing at all is a closed connection", () => {
    expect(why({ message: "odd" })).toBe("odd");
    expect(why({ code: "EODD", message: "odd" })).toBe("odd");
    expect(why(undefined)).toBe(
      "mqtt-broker:1883 closes the connection at once: is its port one for mqtts:// (TLS), or one for mqtt://?",
    );
    expect(why({})).toBe(why(undefined));
  });
});

describe("a broker that speaks no MQTT 5", () => {
  it("says so with CONNACK 1 or 132, and with nothing else", () => {
    expect([1, 132].map((code) => speaksNoMqtt5({ code }))).toEqual([true, true]);
    expect([0, 2, 5, 131, 133, "1", undefined].map((code) => speaksNoMqtt5({ code }))).not.toContain(true);
    expect(speaksNoMqtt5(undefined)).toBe(false);
  });
});
