import { createInterface } from "node:readline";
import { setImmediate as turn } from "node:timers/promises";
import type { Io } from "./io.ts";

/** What a person can answer. */
const words = {
  "": "go",
  s: "skip",
  b: "back",
  k: "keep",
  q: "stop",
} as const;
export type Answer = (typeof words)[keyof typeof words];

/** Lines to a person and lines from one, or from a pipe. */
export interface Talk extends Disposable {
  say(text: string): void;
  /** Says the question and waits for one of the answers; others are asked again. `stop` where the input has ended. */
  ask(question: string, answers: readonly Answer[]): Promise<Answer>;
  /**
   * Does the work, which is asked to end by its signal when there is nobody to wait for it: the input has ended, or on a
   * terminal one of the answers was typed meanwhile. That answer is kept for the next question.
   */
  meanwhile<T>(answers: readonly Answer[], work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** More than anybody says beforehand: whatever goes on talking is no person. */
const MOST_LINES = 10_000;

/** The signal ends the input. */
export function openTalk({ stdin, stdout }: Pick<Io, "stdin" | "stdout">, signal: AbortSignal): Talk {
  const lines: string[] = [];
  const over = new AbortController();
  let wake = () => {};
  const reader = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY });
  const end = () => {
    over.abort();
    wake();
  };
  reader.on("line", (line) => {
    if (lines.length < MOST_LINES) lines.push(line.trim().toLowerCase());
    wake();
  });
  reader.on("close", end);
  // A terminal that is gone has ended as well.
  stdin.on("error", end);
  signal.addEventListener("abort", end);
  if (signal.aborted) end();

  const say = (text: string) => void stdout.write(`${text}\n`);
  const answerIn = (line: string | undefined): Answer | undefined =>
    line !== undefined && Object.hasOwn(words, line) ? words[line as keyof typeof words] : undefined;

  /** On a terminal, Enter while nothing is asked is impatience, and must not begin what comes next. */
  function keepAnswers(answers: readonly Answer[]): void {
    if (!stdin.isTTY) return;
    const kept = lines.splice(0).filter((line) => line !== "" && answers.some((one) => one === answerIn(line)));
    lines.push(...kept.slice(0, 1));
  }

  async function nextLine(): Promise<string | undefined> {
    while (lines.length === 0 && !over.signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    return signal.aborted ? undefined : lines.shift();
  }

  return {
    say,
    async ask(question, answers) {
      keepAnswers(answers);
      // A question that is answered already would only be in the way.
      if (!signal.aborted && !(stdin.isTTY && lines.length > 0)) say(question);
      for (;;) {
        // Lines without end must not keep anybody from ending this.
        await turn();
        const line = await nextLine();
        if (line === undefined) return "stop";
        const answer = answerIn(line);
        if (answer && answers.includes(answer)) return answer;
        say(`${JSON.stringify(line.slice(0, 20))} is none of these: ${choices(answers)}`);
      }
    },
    async meanwhile(answers, work) {
      const enough = new AbortController();
      wake = () => {
        keepAnswers(answers);
        if (stdin.isTTY && lines.length > 0) enough.abort();
        if (signal.aborted || (over.signal.aborted && lines.length === 0)) enough.abort();
      };
      wake();
      try {
        return await work(enough.signal);
      } finally {
        wake = () => {};
      }
    },
    [Symbol.dispose]() {
      reader.close();
      stdin.off("error", end);
      signal.removeEventListener("abort", end);
    },
  };
}

/** How each is typed, for a person. */
const described: Readonly<Record<Answer, string>> = {
  go: "Enter",
  skip: "s skip",
  back: "b back",
  keep: "k keep",
  stop: "q quit",
};

export const choices = (answers: readonly Answer[]): string => answers.map((one) => described[one]).join(", ");
