import { LineCounter, parseDocument } from "yaml";

type Yaml =
  | { problems: string[] }
  | {
      value: Record<string, unknown>;
      /** `garden.yaml:3:5`: where a path such as `zones[0].relay` is, or its nearest part that is there. */
      locate(path: string): string;
    };

const inOurWords: Record<string, string> = {
  MULTIPLE_DOCS: "a second document begins here: one file holds one configuration",
  TAG_RESOLVE_FAILED: "tags such as !secret mean nothing here",
};

/** Reads the text of a YAML file, or says what is wrong with it, a line a problem. */
export function readYaml(file: string, text: string): Yaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}:${lines.linePos(offset).col}`;
  // What it only warns of, a tag such as !secret, would be taken for the value itself.
  const problems = [...document.errors, ...document.warnings];
  if (problems.length) {
    return { problems: problems.map(({ code, pos, message }) => `${at(pos[0])}: ${inOurWords[code] ?? message}`) };
  }
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
