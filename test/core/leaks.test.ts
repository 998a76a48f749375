import { getEventListeners } from "node:events";
import { connect } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { attempt } from "../../src/attempt.ts";
import { type Clock, realClock } from "../../src/clock.ts";
import { startTinyBroker } from "../support/tiny-broker.ts";
import { runToy, toyDaemon } from "../support/toy.ts";

/** Delays are as good as none; time-outs, all of them 5 s, are what they are. */
const hurried: Clock = {
  ...realClock,
  sleep: async (ms, signal) => (ms === 5_000 ? realClock.sleep(ms, signal) : void (await turn())),
};

const counted = () => {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

it("a thousand reconnects leave no handle, no timer and no listener behind", async () => {
  // Every third connection is refused, every third dies with values on their way, the others die at once.
  await using broker = await startTinyBroker((packet, session) => {
    const kind = broker.sessions.indexOf(session) % 3;
    if (packet.cmd === "connect" && kind === 0)
      session.send({ cmd: "connack", sessionPresent: false, returnCode: 3, reasonCode: 136 });
    else if (packet.cmd === "publish" && kind === 1) session.socket.destroy();
    else if (packet.cmd === "subscribe" && kind === 2) session.socket.destroy();
    else return broker.sessions.length > 1_500;
    return true;
  });
  const signals: AbortSignal[] = [];
  const daemon: typeof toyDaemon = (devices) => ({
    ...toyDaemon(devices),
    open: (context) => {
      signals.push(context.signal);
      return toyDaemon(devices).open(context);
    },
  });
  await using toy = runToy(broker.url, { clock: hurried, level: "info", daemon });
  const listeners = () => signals.reduce((sum, signal) => sum + getEventListeners(signal, "abort").length, 0);

  await broker.until(() => broker.sessions.length >= 100, 30_000);
  const [handlesBefore, listenersBefore] = [counted(), listeners()];
  await broker.until(() => broker.sessions.length >= 1_100, 60_000);
  const [handles, after] = [counted(), listeners()];

  // One connection and its timers may be there or not, at both moments.
  const grown = Object.entries(handles).filter(([name, count]) => count > (handlesBefore[name] ?? 0) + 4);
  expect(grown).toEqual([]);
  expect(Math.abs(after - listenersBefore)).toBeLessThanOrEqual(4);
  expect(toy.logged.said("error").length).toBeLessThanOrEqual(1);
  expect(toy.logged.lines.length).toBeLessThanOrEqual(12);
  await toy.stop();
  await broker.until(() => broker.open() === 0);
  expect(counted().TCPSocketWrap ?? 0).toBeLessThanOrEqual((handlesBefore.TCPSocketWrap ?? 0) + 1);
}, 90_000);

it("a connection that ends leaves nothing on the signal it was given, nor in the socket", async () => {
  await using broker = await startTinyBroker((packet, session) => {
    if (packet.cmd === "connect" && broker.sessions.indexOf(session) % 2) session.socket.destroy();
    else if (packet.cmd === "connect") setImmediate(() => session.socket.destroy());
    return false;
  });
  const { signal } = new AbortController();
  const { port } = broker;
  const options = { host: "127.0.0.1", port, openSocket: () => connect(port), clientId: "x", willTopic: "x/get" };
  const sockets: { destroyed: boolean }[] = [];
  for (let n = 0; n < 50; n++) {
    const opened = (client: { stream: { destroyed: boolean } }) => void sockets.push(client.stream);
    await attempt(options, 5, { clock: realClock, signal, opened });
  }
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
  expect(sockets.length).toBeGreaterThan(10);
  expect(sockets.every(({ destroyed }) => destroyed)).toBe(true);
});
