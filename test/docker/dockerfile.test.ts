import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { validate } from "dockerfile-utils";
import { describe, expect, test } from "vitest";

const docker = join(import.meta.dirname, "../../docker");
const read = (name: string) => readFileSync(join(docker, name), "utf8");
const dockerfile = read("Dockerfile");
const [, ...stages] = dockerfile.split(/^(?=FROM )/m);
const last = stages.at(-1) ?? "";

test("the Dockerfile has nothing that its linter knows of", () => {
  expect(validate(dockerfile)).toEqual([]);
  expect(validate(dockerfile.replace("STOPSIGNAL", "STOPSIGNALS"))).toHaveLength(1);
});

test("nothing runs under emulation: all that runs is in the stage of the machine that builds", () => {
  expect(stages).toHaveLength(2);
  expect(stages[0]).toMatch(/^FROM --platform=\$BUILDPLATFORM /);
  expect(last).not.toMatch(/^RUN/m);
});

test("K1: the image is its architecture's, on the small base, and says how it is stopped, checked and called", () => {
  expect(last).toMatch(/^FROM --platform=\$TARGETPLATFORM \$\{NODE_IMAGE\}$/m);
  expect(dockerfile).toMatch(/^ARG NODE_IMAGE=docker\.io\/library\/node:24-\w+-slim$/m);
  expect(last).toMatch(/^USER 1000$/m);
  expect(last).toMatch(/^STOPSIGNAL SIG(INT|TERM)$/m);
  expect(last).toMatch(/^HEALTHCHECK .* CMD \["\/srv\/healthcheck"\]$/m);
  for (const label of ["title", "description", "licenses", "version", "revision"])
    expect(last).toContain(`org.opencontainers.image.${label}=`);
});

test("K8: Debian's group 20 has the image's user in it", () => {
  const [, program = ""] = /sed '([^']*)' \/etc\/group > \/image\/etc\/group/.exec(stages[0] ?? "") ?? [];
  const group = ["root:x:0:", "dialout:x:20:", "fax:x:21:", ""].join("\n");
  expect(execFileSync("sed", [program], { input: group, encoding: "utf8" })).toBe(
    group.replace("dialout:x:20:", "dialout:x:20:node"),
  );
});

test("the images share every layer but their entry point, which comes last", () => {
  const instructions = last.split("\n").filter((line) => /^(ADD|COPY|RUN|WORKDIR)\b/.test(line));
  expect(instructions.at(-1)).toMatch(/^COPY docker\/entrypoint\.\$\{CMD_NAME\} \/srv\/entrypoint$/);
  const shared = last.slice(0, last.indexOf("ARG CMD_NAME"));
  expect(shared).toContain("COPY --from=build");
  expect(shared).not.toMatch(/CMD_NAME|VERSION|REVISION/);
});

test("what is a house's own, such as its bridge's key, is neither sent to Docker nor committed", () => {
  expect(read("../.dockerignore").split("\n")).toEqual(expect.arrayContaining(["*", "docker/config"]));
  expect(read("../.gitignore").split("\n")).toContain("hue-key");
});

describe.each(readdirSync(docker).filter((name) => name.startsWith("entrypoint.")))("%s", (name) => {
  test("starts a word of the command line", () => {
    const [, word] = /^exec \/srv\/mqtt-things\/bin\/mqtt-things (\S+) /m.exec(read(name)) ?? [];
    expect(word).toBe(name.replace("entrypoint.", "").replace("_cli", "").replaceAll("_", "-"));
    const cli = readFileSync(join(docker, "../src/cli.ts"), "utf8");
    expect(cli).toMatch(new RegExp(`^  "?${word}"?: \\{`, "m"));
  });

  test("hands on its arguments, with or without its own name before them, as the original's command had it", () => {
    const { status, stdout } = spawnSync("sh", [
      "-c",
      echoing(read(name)),
      "entrypoint",
      "/srv/entrypoint",
      "-a",
      "b c",
    ]);
    expect([status, stdout.toString()]).toEqual([0, expect.stringMatching(/\n-a\nb c\n$/)]);
    expect(stdout.toString()).not.toContain("/srv/entrypoint");
    const without = spawnSync("sh", ["-c", echoing(read(name)), "entrypoint", "-a", "b c"]);
    expect(without.stdout.toString()).toBe(stdout.toString());
  });
});

/** An entry point that prints what it would start. */
const echoing = (script: string) => script.replace("exec /srv/mqtt-things/bin/mqtt-things", "exec printf '%s\\n'");
