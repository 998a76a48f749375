import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serveHealth } from "../../src/health.ts";
import { metrics } from "../../src/metrics.ts";
import { suite } from "../support/need.ts";

const checkout = join(import.meta.dirname, "../..");
const scripts = [
  "build.sh",
  "healthcheck",
  "entrypoint.sprinklers_cli",
  "entrypoint.smart_aircons_cli",
  "entrypoint.sensors_cli",
  "entrypoint.demo",
];

interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs a program to its end. */
function run(
  program: string,
  words: readonly string[],
  env: Record<string, string> = {},
  cwd = tmpdir(),
): Promise<Ended> {
  const options = { cwd, env: { PATH: process.env.PATH, ...env } };
  return new Promise((resolve) => {
    const child = execFile(program, words, options, (_, out, err) => resolve({ code: child.exitCode ?? -1, out, err }));
  });
}

suite("shellcheck", ["shellcheck"], () => {
  test("has nothing to say of our scripts", async () => {
    const files = scripts.map((name) => `docker/${name}`).concat(".ci/run", "bin/node", "bin/mqtt-things");
    expect(
      await run(
        "shellcheck",
        files.map((file) => join(checkout, file)),
      ),
    ).toEqual({ code: 0, out: "", err: "" });
  });
});

describe("docker/build.sh", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "docker-"));
    engine(`
      case "$1 $2" in
        "buildx build") [ -z "\${FAIL:-}" ] || exit 7 ;;
        "buildx create") while [ $# -gt 0 ]; do [ "$1" != --config ] || cp "$2" "$0.toml"; shift; done ;;
      esac`);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const path = () => join(folder, "docker");
  /** A Docker that writes down what it is told. */
  function engine(does: string): void {
    writeFileSync(path(), `#!/bin/sh\nprintf '%s\\n' "$*" >> "$0.told"\n${does}\n`);
    chmodSync(path(), 0o755);
  }
  const told = () => readFileSync(`${path()}.told`, "utf8").trim().split("\n");
  const builds = () => told().filter((line) => line.startsWith("buildx build "));
  const build = (words: string[], env: Record<string, string> = {}) =>
    run(join(checkout, "docker/build.sh"), words, { PATH: `${folder}:/usr/bin:/bin`, ...env });

  test("builds the three images for both architectures with a builder of its own, which it removes", async () => {
    const { code, out } = await build([]);
    expect(code).toBe(0);
    const { version } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
    const revision = (await run("git", ["rev-parse", "HEAD"], {}, checkout)).out.trim() || "unknown";
    const created = told().find((line) => line.startsWith("buildx create")) ?? "";
    // The builder knows the names that this machine knows: kube-registry is in its /etc/hosts.
    expect(created).toContain("--driver-opt network=host");
    const [name] = /mqtt-things-\d+/.exec(created) ?? [];
    expect(builds()).toHaveLength(3);
    for (const [i, command] of ["sprinklers_cli", "smart_aircons_cli", "sensors_cli"].entries()) {
      const image = `initialed85/mqtt-things-${command.replaceAll("_", "-")}:${version}`;
      expect(builds()[i]).toContain(`--builder ${name} --platform linux/amd64,linux/arm64 --file docker/Dockerfile`);
      expect(builds()[i]).toContain(
        `--build-arg CMD_NAME=${command} --build-arg VERSION=${version} --build-arg REVISION=${revision} `,
      );
      expect(builds()[i]).toContain(`--tag ${image} --output type=cacheonly .`);
      expect(out).toContain(`  ${image}\n`);
    }
    expect(told().join("\n")).not.toMatch(/--push|--load/);
    expect(told().at(-1)).toBe(`buildx rm --force ${name}`);
  });

  test("says what it will push before it does, to a registry of one's own", async () => {
    const env = { REGISTRY: "kube-registry:5000", TAG: "monday", PLAIN_HTTP: "1" };
    engine(`
      case "$1 $2" in
        "buildx build") echo pushed ;;
        "buildx create") while [ $# -gt 0 ]; do [ "$1" != --config ] || cp "$2" "$0.toml"; shift; done ;;
      esac`);
    const { out } = await build(["--push", "sprinklers_cli"], env);
    const image = "kube-registry:5000/mqtt-things-sprinklers-cli:monday";
    expect(out).toBe(`building and pushing, for linux/amd64,linux/arm64:\n  ${image}\npushed\n`);
    expect(builds()).toEqual([
      expect.stringContaining("--tag kube-registry:5000/mqtt-things-sprinklers-cli:monday --push ."),
    ]);
    expect(readFileSync(`${path()}.toml`, "utf8")).toBe('[registry."kube-registry:5000"]\n  http = true\n');
  });

  test("takes a registry with a path, and whoever writes a slash behind it", async () => {
    await build(["--push", "demo"], { REGISTRY: "kube-registry:5000/house/", PLAIN_HTTP: "1" });
    expect(builds()).toEqual([
      expect.stringMatching(/--tag kube-registry:5000\/house\/mqtt-things-demo:\S+ --push \.$/),
    ]);
    expect(readFileSync(`${path()}.toml`, "utf8")).toContain('"kube-registry:5000"');
  });

  test("finds its checkout by whatever name it is called", async () => {
    const link = join(folder, "build-the-house");
    symlinkSync(join(checkout, "docker/build.sh"), link);
    // A shell's `cd` would rather go there, and say so.
    mkdirSync(join(folder, "elsewhere/docker"), { recursive: true });
    const env = { PATH: `${folder}:/usr/bin:/bin`, CDPATH: join(folder, "elsewhere") };
    for (const script of [link, "docker/build.sh"]) {
      expect(await run(script, ["demo"], env, checkout)).toMatchObject({ code: 0, err: "" });
    }
    expect(builds()).toHaveLength(2);
  });

  test("loads one architecture", async () => {
    await build(["--load", "arm64", "sensors_cli", "demo"]);
    expect(builds()).toHaveLength(2);
    for (const line of builds()) expect(line).toMatch(/--platform linux\/arm64 .* --load \.$/);
  });

  test.each([
    ["x86_64", "amd64"],
    ["aarch64", "arm64"],
  ])("loads what this machine is when it is not named: %s", async (machine, architecture) => {
    writeFileSync(join(folder, "uname"), `#!/bin/sh\necho ${machine}\n`, { mode: 0o755 });
    await build(["--load", "demo"]);
    expect(builds()).toEqual([expect.stringContaining(`--platform linux/${architecture} `)]);
  });

  test("says that there is no image for a machine of 32 bits", async () => {
    writeFileSync(join(folder, "uname"), "#!/bin/sh\necho armv7l\n", { mode: 0o755 });
    const { code, err } = await build(["--load"]);
    expect([code, err]).toEqual([1, "there is no image for armv7l: there is amd64 and arm64\n"]);
  });

  test("removes its builder when a build fails, and fails itself", async () => {
    expect((await build([], { FAIL: "1" })).code).toBe(7);
    expect(builds()).toHaveLength(1);
    expect(told().at(-1)).toMatch(/^buildx rm --force mqtt-things-\d+$/);
  });

  test.each([
    [["--pull"], 64, "unknown flag --pull"],
    [["lights_cli"], 64, "there is no lights_cli: there is demo sensors_cli smart_aircons_cli sprinklers_cli"],
    // What is for one architecture would take the place of what is for both.
    [["--load", "--push"], 64, "--push or --load, not both"],
    [["--push", "--load", "arm64"], 64, "--push or --load, not both"],
  ])("refuses %j", async (words, code, sentence) => {
    expect(await build(words)).toEqual({ code, out: "", err: expect.stringContaining(sentence) });
  });

  test.each([
    ["TAG", "my tag"],
    ["TAG", "-1"],
    ["REGISTRY", "http://kube-registry:5000"],
    ["REGISTRY", "kube-registry:5000//house"],
    ["REGISTRY", "kube registry"],
    ["PLAIN_HTTP", "true"],
  ])("refuses %s=%s before anything is built, and says whose fault it is", async (name, value) => {
    const { code, out, err } = await build(["--push"], { [name]: value });
    expect([code, out, err]).toEqual([64, "", expect.stringMatching(`^${name} is "${value}": `)]);
  });

  test.each([
    ["docker is not installed", undefined],
    ["docker buildx is missing", '[ "$1" != buildx ]'],
    ["the Docker engine can't be reached", '[ "$1" != info ]'],
  ])("says that %s, and builds nothing", async (sentence, does) => {
    if (does) engine(does);
    else rmSync(path());
    const ended = await build(["--push"], does ? {} : { PATH: emptyPath() });
    expect(ended).toEqual({ code: 1, out: "", err: expect.stringContaining(sentence) });
  });

  /** The few programs that the script needs before it needs Docker. */
  function emptyPath(): string {
    for (const name of ["bash", "env", "dirname", "readlink", "sed"]) {
      writeFileSync(join(folder, name), `#!/bin/sh\nexec /usr/bin/${name} "$@"\n`, { mode: 0o755 });
    }
    return folder;
  }
});

describe("the image's health check", () => {
  const check = (port: number) =>
    run("bash", [join(checkout, "docker/healthcheck")], { MQTT_THINGS_HEALTH_PORT: String(port) });

  test("is content with a daemon whose loops turn, and with no other", async () => {
    let stuck: string[] = [];
    const health = {
      pulse: { loop: () => () => {}, stuck: () => stuck },
      unready: () => "no broker",
      metrics: metrics().text,
    };
    await using server = await serveHealth({ port: 0, host: "127.0.0.1", ...health });
    expect((await check(server.port)).code).toBe(0);
    stuck = ["main"];
    expect((await check(server.port)).code).toBe(1);
  });

  test("does not wait for ever for a daemon that hangs", async () => {
    const server = createServer(() => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    expect((await check(typeof address === "object" && address ? address.port : 0)).code).toBe(1);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test("is not content with nobody, or with somebody who says something else", async () => {
    const server = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    expect((await check(port)).code).toBe(1);
    await new Promise((resolve) => server.close(resolve));
    expect((await check(port)).code).toBe(1);
  });
});
