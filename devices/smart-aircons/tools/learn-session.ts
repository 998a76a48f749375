import { type Blaster, BlasterError } from "../blasters/blaster.ts";
import { type Capture, captureOf, disagreement, flawOf } from "./learn-compare.ts";
import type { LearnedFile } from "./learn-file.ts";
import { codeSetFor, contradiction, tellOf } from "./learn-meaning.ts";
import { instructionFor, nameOf, nextOf, planOf, type Step, startOf } from "./learn-plan.ts";
import { type Answer, choices, type Talk } from "./learn-talk.ts";

export interface Lesson {
  blaster: Blaster;
  talk: Talk;
  file: LearnedFile;
  /** Saves the file as it is now. */
  save(): Promise<void>;
}

const answers: readonly Answer[] = ["go", "skip", "back", "stop"];

/**
 * Has a person press the keys for all codes that the file lacks, and saves each that was heard twice. Resolves when
 * nothing more is to be asked, or the person stops. Throws BlasterError when the blaster is gone, and what `save` throws.
 */
export async function teach(lesson: Lesson): Promise<void> {
  const { file, talk } = lesson;
  const plan = planOf(file.wanted);
  const has = () => plan.map(file.has);
  let introduced = false;
  let at = startOf(has());
  while (at !== undefined) {
    const step = plan[at];
    if (step === undefined) return;
    talk.say(`\n${at + 1} of ${plan.length}: ${nameOf(step)}`);
    const learned = await teachStep(lesson, plan, step);
    if (learned === "stop") return;
    if (typeof learned === "object") {
      file.put(step, learned.code);
      await lesson.save();
      talk.say("  Saved.");
      if (!introduced) introduce(learned, talk);
      introduced = true;
    }
    at = learned === "back" ? Math.max(at - 1, 0) : nextOf(has(), at);
  }
}

function introduce(capture: Capture, { say }: Talk): void {
  const codes = codeSetFor(capture);
  if (codes === undefined) return;
  say(
    `\nThese codes need not be learned: mqtt-things makes them itself. Configure the aircon with\n  codes: ${codes}\n` +
      "and type q to stop here. Or go on, if that does not work with it.",
  );
}

/** Until two captures in a row agree; or what the person wants instead. */
async function teachStep(
  { blaster, talk, file }: Lesson,
  plan: readonly Step[],
  step: Step,
): Promise<Capture | "skip" | "back" | "stop"> {
  const { before, press } = instructionFor(step, file.wanted);
  let first: Capture | undefined;
  let doubtful: Capture | undefined;
  let trusted: Capture | undefined;
  for (;;) {
    const again = first ? "Once more, to be sure. " : "";
    const offered: readonly Answer[] = doubtful ? ["go", "keep", "skip", "back", "stop"] : answers;
    const answer = await talk.ask(`  ${again}${before}, then press Enter here. (${choices(offered)})`, offered);
    if (answer === "skip" || answer === "back" || answer === "stop") return answer;
    if (answer === "keep") {
      first = doubtful;
      trusted = doubtful;
      doubtful = undefined;
      talk.say("  It is kept if the next press says the same.");
      continue;
    }
    doubtful = undefined;
    talk.say(`  Listening for 30 s. Now press ${press}.`);
    const heard = await listen(blaster, talk);
    if (!heard) continue;
    const isTrusted = trusted !== undefined && disagreement(trusted, heard) === undefined;
    const doubt = isTrusted ? undefined : (contradiction(step, heard) ?? sameAs(file, plan, step, heard));
    if (doubt !== undefined) {
      talk.say(`  Not saved: ${doubt}. Was that the right key? Try again, or keep it if it is right.`);
      doubtful = heard;
      continue;
    }
    const why = first && disagreement(first, heard);
    if (first && why === undefined) return first;
    if (why !== undefined) talk.say(`  The two presses don't agree: ${why}. Not saved yet.`);
    first = heard;
  }
}

/** What a remote control sent; undefined, and the person knows why, when nothing of use. Throws BlasterError. */
async function listen(blaster: Blaster, talk: Talk): Promise<Capture | undefined> {
  try {
    let isEnded = false;
    const code = await talk.meanwhile(answers, async (signal) => {
      const heard = await blaster.learn(signal);
      isEnded = signal.aborted;
      return heard;
    });
    if (!code) {
      if (!isEnded) talk.say("  Nothing was heard. Hold the remote closer to the blaster, and press shortly.");
      return undefined;
    }
    const capture = captureOf(code);
    const flaw = flawOf(capture);
    talk.say(`  Heard ${flaw === undefined ? tellOf(capture) : `nothing of use: ${flaw}`}.`);
    return flaw === undefined ? capture : undefined;
  } catch (error) {
    // What it heard may be no infrared, or it was busy: that is no reason to end.
    if (!(error instanceof BlasterError && blaster.health.get().ready)) throw error;
    talk.say(`  That failed: ${error.message}. Try again.`);
    return undefined;
  }
}

/** A sentence where the capture is the code of another step: the key that leads from one to the other was forgotten. */
function sameAs(file: LearnedFile, plan: readonly Step[], step: Step, heard: Capture): string | undefined {
  for (const other of plan) {
    const code = other === step ? undefined : file.get(other);
    if (!code || disagreement(captureOf(code), heard) !== undefined) continue;
    return `this is the code that was saved for ${nameOf(other)}`;
  }
  return undefined;
}
