import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";

type Yaml =
  | { problems: string[] }
  | {
      value: Record<string, unknown>;
      /** `garden.yaml:3:5`: where a path such as `zones[0].relay` is, or its nearest part that is there. */
      locate(path: string): string;
    };

/** Reads a YAML file, or says what is wrong with it, a line a problem. */
export async function readYaml(file: string): Promise<Yaml> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    const reasons: Record<string, string> = { ENOENT: "there is no such file", EACCES: "no permission to read it" };
    return { problems: [`${file}: ${reasons[String(code)] ?? String(code)}`] };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}:${lines.linePos(offset).col}`;
  if (document.errors.length)
    return { problems: document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message}`) };
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // An alias without an anchor, or aliases that multiply.
    return { problems: [`${file}: ${error instanceof Error ? error.message : String(error)}`] };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { problems: [`${file}: must hold keys and values, such as "mqtt: { url: mqtt://host }"`] };
  }
  return {
    value: { ...value },
    locate(path) {
      const keys = [...path.matchAll(/[^.[\]]+/g)].map(([key]) => (/^\d+$/.test(key) ? Number(key) : key));
      for (; keys.length > 0; keys.pop()) {
        const node = document.getIn(keys, true);
        const range =
          typeof node === "object" && node && "range" in node && Array.isArray(node.range) ? node.range : [];
        if (typeof range[0] === "number") return at(range[0]);
      }
      return file;
    },
  };
}
