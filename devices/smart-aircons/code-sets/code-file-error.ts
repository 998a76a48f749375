/** A code file can't be used. Each problem is a line for a person, with the path of the key that is wrong. */
export class CodeFileError extends Error {
  override name = "CodeFileError";
  readonly problems: readonly string[];
  /** `file` is what the person calls it. */
  constructor(file: string, problems: readonly string[]) {
    super(problems.map((problem) => `${file}: ${problem}`).join("\n"));
    this.problems = problems;
  }
}

const MOST = 10;

/** Keeps as many remarks as a person reads, and counts the others. */
export interface Remarks {
  add(remark: string): void;
  readonly count: number;
  list(): string[];
}

export function remarks(): Remarks {
  const first: string[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    add: (remark) => {
      if (count < MOST) first.push(remark);
      count++;
    },
    list: () => (count > MOST ? [...first, "and more"] : [...first]),
  };
}

/** The path of a key below another: `commands.cool.auto.23`. Odd names are in quotes, so that each stays one word. */
export function below(path: string, key: string): string {
  const name = key.length > 40 ? `${key.slice(0, 40)}…` : key;
  return `${path}.${/^[\w.-]+$/.test(name) ? name : JSON.stringify(name)}`;
}
