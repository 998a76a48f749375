import type { MqttClient } from "mqtt";
import type { Clock } from "./clock.ts";
import type { Complaints } from "./complaints.ts";
import type { Role } from "./subscriptions.ts";

/**
 * Notices what a broker keeps from us (K5). Mosquitto's `acl_file` grants every subscription and then delivers nothing,
 * and in MQTT 3.1.1 it acknowledges what it throws away; so what we write to ourselves has to come back.
 */
export interface AclCheck {
  /** A message came that was sent just now (an echo may be faster than the confirmation of its subscription). */
  heard(topic: string): void;
  /** The broker confirmed this subscription: what we send there, or have sent there, has to come back within 5 s. */
  expect(client: MqttClient, topic: string, role: Role): void;
  /** The broker said no. */
  denied(topic: string, role: Role): void;
  /** The connection is lost: what was open stays open. */
  close(): void;
}

const ECHO_MS = 5_000;
const MOST_NAMED = 12;

/** `delivered` resolves when the broker has acknowledged our own value of a topic. */
export function aclCheck(
  delivered: (topic: string) => Promise<void>,
  { troubles, clock }: { troubles: Complaints; clock: Clock },
): AclCheck {
  const fresh = () => ({
    closed: new AbortController(),
    heard: new Set<string>(),
    expected: new Set<string>(),
    missing: new Map<string, Role>(),
    probing: Promise.resolve(),
    running: 0,
  });
  let now = fresh();

  /** Waits for what a topic's echo depends on, then for the echo; the last one of all reports. */
  async function verdict(on: typeof now, topic: string, role: Role, sent: Promise<void>): Promise<void> {
    on.running += 1;
    await sent;
    await clock.sleep(ECHO_MS, on.closed.signal);
    on.running -= 1;
    if (on.closed.signal.aborted) return;
    if (!on.heard.has(topic)) on.missing.set(topic, role);
    if (on.running === 0 && on.missing.size > 0) troubles.say(sentence(on.missing), {}, "error");
  }

  /** An empty command, which everybody ignores (C8). One at a time: brokers limit what is on its way. */
  function probe(client: MqttClient, on: typeof now, topic: string): Promise<void> {
    on.probing = on.probing.then(() => {
      if (on.closed.signal.aborted) return;
      return new Promise((resolve) => client.publish(topic, "", { qos: 1 }, () => resolve()));
    });
    return on.probing;
  }

  return {
    heard: (topic) => void now.heard.add(topic),
    expect(client, topic, role) {
      if ((role !== "command" && role !== "value") || now.expected.has(topic)) return;
      now.expected.add(topic);
      void verdict(now, topic, role, role === "command" ? probe(client, now, topic) : delivered(topic));
    },
    denied(topic, role) {
      if (!now.missing.has(topic)) void verdict(now, topic, role, Promise.resolve());
      now.missing.set(topic, role);
    },
    close() {
      now.closed.abort();
      now = fresh();
    },
  };
}

/** One error that can be pasted into an ACL. */
function sentence(missing: ReadonlyMap<string, Role>): string {
  const lines = [...missing]
    .map(([topic, role]) => `topic ${role === "foreign" ? "read" : "readwrite"} ${topic}`)
    .sort();
  const more = lines.length > MOST_NAMED ? `, and ${lines.length - MOST_NAMED} more` : "";
  return `the broker's access list keeps topics from us; these lines are missing: ${lines.slice(0, MOST_NAMED).join(", ")}${more}`;
}
