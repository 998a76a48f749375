import { createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { explain } from "../../../devices/sensors/hue/explain.ts";
import { openWire, type Question } from "../../../devices/sensors/hue/wire.ts";
import { realClock } from "../../../src/clock.ts";

const limits = { bytes: 1_000, ms: 5_000 };
const { signal } = new AbortController();

/** Somebody who speaks HTTP by hand: `serve` is called with each request, and how many came on its connection before. */
async function handmade(serve: (socket: Socket, before: number) => void) {
  let connections = 0;
  const server = createServer((socket) => {
    let requests = 0;
    connections += 1;
    socket.on("error", () => {}).on("data", () => serve(socket, requests++));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const wire = openWire({ host: "127.0.0.1", port, trust: undefined, clock: realClock, dialled() {} });
  onTestFinished(() => {
    wire.close();
    server.close();
  });
  const ask = (question: Partial<Question> = {}) => wire.ask({ path: "/", ...question }, limits, signal);
  return { ask, wire, connections: () => connections };
}

const answer = (socket: Socket, body = "{}") =>
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);

test("a kept connection that is closed in the moment of its use is no trouble", async () => {
  const { ask, connections } = await handmade((socket, before) => (before === 0 ? answer(socket) : socket.destroy()));
  expect([await ask(), await ask(), await ask()].map(({ text }) => text)).toEqual(["{}", "{}", "{}"]);
  expect(connections()).toBe(3);
});

test("what asks for a change is never asked twice by itself", async () => {
  const { ask, connections } = await handmade((socket, before) => (before === 0 ? answer(socket) : socket.destroy()));
  await ask();
  await expect(ask({ method: "POST", body: {} })).rejects.toMatchObject({ trouble: "silent" });
  expect(connections()).toBe(1);
});

test.each([
  ["hangs up without a word", (socket: Socket) => socket.destroy(), "silent"],
  ["says goodbye without a word", (socket: Socket) => socket.end(), "silent"],
  ["speaks no HTTP", (socket: Socket) => socket.write("hello\r\n\r\n"), "nonsense"],
  ["breaks off", (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), "silent"],
  [
    "wants to speak something else",
    (socket: Socket) => socket.write("HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
    "silent",
  ],
  ["has endless headers", (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}`), "nonsense"],
  ["says too much", (socket: Socket) => answer(socket, "x".repeat(1_001)), "nonsense"],
] as const)("who %s is a typed problem", async (_name, serve, trouble) => {
  const { ask } = await handmade(serve);
  await expect(ask({ path: "/api/secret/sensors", key: "secret" })).rejects.toMatchObject({
    ...{ name: "HueError", trouble },
    message: expect.not.stringContaining("secret"),
  });
});

test("closing ends what is being asked, and what is being dialled", async () => {
  const { wire, ask } = await handmade(() => {});
  const asking = ask();
  setImmediate(() => wire.close());
  await expect(asking).rejects.toMatchObject({ name: "HueError" });
  const late = ask();
  await expect(late).rejects.toMatchObject({ name: "HueError" });
});

test("a question that is not wanted any more is not asked", async () => {
  const { wire, connections } = await handmade((socket) => answer(socket));
  await expect(wire.ask({ path: "/" }, limits, AbortSignal.abort())).rejects.toMatchObject({ trouble: "closed" });
  expect(connections()).toBeLessThanOrEqual(1);
});

test.each([
  [
    "hue-bridge.local",
    /hue-bridge\.local:443 does not resolve.*does not reach into containers: use the bridge's address/,
  ],
  ["hue-bridge", /the name hue-bridge:443 does not resolve/],
])("C17: a name that does not resolve, %s, is told of with the way out", (host, sentence) => {
  // Only said, not looked up: some machines ask for such names by multicast.
  for (const code of ["ENOTFOUND", "EAI_AGAIN"]) {
    const { trouble, message } = explain(Object.assign(new Error("getaddrinfo"), { code }), { host, port: 443 });
    expect([trouble, message]).toEqual(["silent", expect.stringMatching(sentence)]);
  }
});
