import { LineCounter, parseDocument, visit } from "yaml";

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
  BAD_DIRECTIVE: "a line that begins with % means nothing here",
  BAD_DQ_ESCAPE: "in double quotes a backslash begins an escape: use single quotes",
};

const unquoted = "an alias without its anchor: text that begins with * must be in quotes";

/** The parser's message without what it quotes of the file: it may be of a password. */
const bare = (message: string) => message.replace(/(?<=\w): .*/s, "");

/** Reads the text of a YAML file, or says what is wrong with it, a line a problem. */
export function readYaml(file: string, text: string): Yaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}:${lines.linePos(offset).col}`;
  // What it only warns of, a tag such as !secret, would be taken for the value itself.
  const problems = [...document.errors, ...document.warnings];
  if (problems.length) {
    return {
      problems: problems.map(({ code, pos, message }) => `${at(pos[0])}: ${inOurWords[code] ?? bare(message)}`),
    };
  }
  const astray: string[] = [];
  visit(document, {
    Alias(_, alias) {
      if (!alias.resolve(document)) astray.push(`${at(alias.range?.[0] ?? 0)}: ${unquoted}`);
    },
  });
  if (astray.length) return { problems: astray };
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // Aliases that multiply.
    return { problems: [`${file}: ${bare(error instanceof Error ? error.message : String(error))}`] };
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
