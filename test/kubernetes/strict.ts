import { execFile } from "node:child_process";
import { mkdtempDisposable, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deployment, StatefulSet } from "kubernetes-models/apps/v1";
import { EndpointSlice } from "kubernetes-models/discovery.k8s.io/v1";
import { ConfigMap, Endpoints, Namespace, PersistentVolumeClaim, Service } from "kubernetes-models/v1";
import type { Manifest } from "./manifests.ts";

const models = {
  Deployment,
  StatefulSet,
  EndpointSlice,
  ConfigMap,
  Endpoints,
  Namespace,
  PersistentVolumeClaim,
  Service,
};
const checkout = join(import.meta.dirname, "../..");

/** How a manifest is called in what is said of it. */
export const titleOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata?.name}`;

/**
 * What an API server would refuse or warn about because its schema does not know it: types, required fields and formats by
 * the schemas of kubernetes-models, unknown fields by the TypeScript compiler, to which a manifest is a literal of its types.
 */
export async function schemaProblems(manifests: readonly Manifest[]): Promise<string[]> {
  const known = manifests.filter((manifest) => {
    const model: { apiVersion: string } | undefined = models[manifest.kind];
    return model?.apiVersion === manifest.apiVersion;
  });
  const strangers = manifests.filter((manifest) => !known.includes(manifest));
  return [
    ...strangers.map((manifest) => `${titleOf(manifest)}: ${manifest.apiVersion} has no such kind that we use`),
    ...known.flatMap(invalid),
    ...(await unknownFields(known)),
  ];
}

function invalid(manifest: Manifest): string[] {
  try {
    const Model: new (data: never) => { validate(): void } = models[manifest.kind];
    new Model(manifest as never).validate();
    return [];
  } catch (error) {
    return [`${titleOf(manifest)}: ${error instanceof Error ? error.message : error}`];
  }
}

const compilerOptions = {
  module: "nodenext",
  lib: ["esnext"],
  types: [],
  noEmit: true,
  strict: true,
  skipLibCheck: true,
};

async function unknownFields(manifests: readonly Manifest[]): Promise<string[]> {
  await using folder = await mkdtempDisposable(join(tmpdir(), "manifests-"));
  const write = (name: string, text: string) => writeFile(join(folder.path, name), text);
  await symlink(join(checkout, "node_modules"), join(folder.path, "node_modules"));
  await write("package.json", `{"type": "module"}`);
  await write("tsconfig.json", JSON.stringify({ compilerOptions }));
  for (const [i, manifest] of manifests.entries()) {
    const type = `import("kubernetes-models/${manifest.apiVersion}").I${manifest.kind}`;
    await write(`${i}.ts`, `export const manifest: ${type} = ${JSON.stringify(manifest)};\n`);
  }
  const tsc = join(checkout, "node_modules/typescript/bin/tsc");
  const said = await new Promise<string>((resolve) =>
    execFile(process.execPath, [tsc, "-p", folder.path, "--pretty", "false"], (_error, out, err) => resolve(out + err)),
  );
  const errors = said.split("\n").filter((line) => /^\S/.test(line));
  return errors.map((line) => {
    const [, i, message] = /(\d+)\.ts\(\d+,\d+\): error \w+: (.*)/.exec(line) ?? [];
    const manifest = manifests[Number(i)];
    return manifest ? `${titleOf(manifest)}: ${message}` : line;
  });
}
