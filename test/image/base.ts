import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache, run } from "./tools.ts";

/** This machine's architecture, as Docker says it. */
export const native = process.arch === "arm64" ? "arm64" : "amd64";
/** What the Dockerfile begins with. */
export const NODE_IMAGE = "docker.io/library/node:24-bookworm-slim";
/** The same for the other architecture, as far as an image is made of it. */
export const FOREIGN_IMAGE = "localhost/node-of-another-architecture";

/**
 * The image that the Dockerfile begins with, made of what the registries have: Debian, the pinned Node of npm, npm. It has
 * the same user. What is there already is taken.
 */
export async function makeBase(): Promise<void> {
  if (await exists(NODE_IMAGE)) return;
  const root = join(cache, "root");
  rmSync(root, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  await run("debootstrap", "--variant=minbase", "bookworm", root);
  // As Debian's own slim images go without.
  for (const luxury of ["doc", "info", "lintian", "locale", "man"]
    .map((name) => `usr/share/${name}`)
    .concat(leftovers)) {
    rmSync(join(root, luxury), { recursive: true, force: true });
  }
  cpSync(process.execPath, join(root, "usr/local/bin/node"));
  await run("npm", "install", "--global", "--prefix", join(root, "usr/local"), "--ignore-scripts", "npm@11");
  appendFileSync(join(root, "etc/passwd"), "node:x:1000:1000::/home/node:/bin/bash\n");
  appendFileSync(join(root, "etc/group"), "node:x:1000:\n");
  await commit(root, NODE_IMAGE, native);
  rmSync(root, { recursive: true });
}

/** A base of another architecture without a program in it: whatever ran would fail. */
export async function makeForeignBase(architecture: string): Promise<void> {
  const root = join(cache, "foreign");
  mkdirSync(join(root, "etc"), { recursive: true });
  writeFileSync(join(root, "etc/passwd"), "node:x:1000:1000::/home/node:/bin/bash\n");
  await commit(root, FOREIGN_IMAGE, architecture);
}

const leftovers = ["var/cache/apt", "var/lib/apt/lists"];

async function commit(root: string, name: string, architecture: string): Promise<void> {
  const container = await run("buildah", "from", "scratch");
  await run("buildah", "add", "--quiet", container, root, "/");
  const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  await run("buildah", "config", "--env", path, "--arch", architecture, container);
  await run("buildah", "commit", "--quiet", "--format", "docker", "--rm", container, name);
}

async function exists(name: string): Promise<boolean> {
  return run("podman", "image", "exists", name).then(
    () => true,
    () => false,
  );
}

/** Builds an image for an architecture with the Dockerfile and these arguments; `--layers` keeps what the images share. */
export async function build(
  image: string,
  architecture: string,
  args: Readonly<Record<string, string>>,
): Promise<void> {
  const npmrc = join(cache, "npmrc");
  // Whom this machine's npm trusts, the one inside has to trust too.
  const authorities = "/etc/ssl/certs";
  const bundle = join(authorities, "ca-certificates.crt");
  writeFileSync(npmrc, existsSync(bundle) ? `cafile=${bundle}\n` : "");
  const mounts = [
    "-v",
    `${npmrc}:/root/.npmrc:ro`,
    ...(existsSync(authorities) ? ["-v", `${authorities}:${authorities}:ro`] : []),
  ];
  const how = ["--isolation", "chroot", "--format", "docker", "--layers", "--pull-never", ...mounts];
  // Docker sets these two itself.
  const platforms = { BUILDPLATFORM: `linux/${native}`, TARGETPLATFORM: `linux/${architecture}` };
  const given = Object.entries({ ...platforms, ...args }).flatMap(([name, value]) => [
    "--build-arg",
    `${name}=${value}`,
  ]);
  const what = ["--platform", `linux/${architecture}`, "--file", "docker/Dockerfile", "--tag", image, ...given];
  await run("buildah", "bud", ...how, ...what, ".");
}

/** Sizes of an image's layers as a registry has them, compressed, the base's first. */
export async function layerSizes(image: string): Promise<number[]> {
  const folder = join(cache, "pushed");
  rmSync(folder, { recursive: true, force: true });
  await run("podman", "push", "--quiet", "--compress", "--format", "v2s2", image, `dir:${folder}`);
  const { layers }: { layers: { size: number }[] } = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  rmSync(folder, { recursive: true });
  return layers.map(({ size }) => size);
}
