import { z } from "zod";
import { duration } from "../../src/duration.ts";

/** Whether a text can be the beginning of our topics: levels without blanks, wildcards and outer slashes. */
export const isTopic = (text: string): boolean => /^(?!\$)[^/+#\s\p{C}]+(\/[^/+#\s\p{C}]+)*$/u.test(text);

/** Keys that the whole house has, and each aircon may have otherwise. */
export const oftenKeys = {
  quiet_time: duration("0s", "10s"),
  prelude: z.enum(["none", "fan_only"]),
  repeats: z.int().min(1).max(5),
};

const theirTopic = () =>
  z
    .string()
    .min(1)
    .regex(/^[^+#\0]+$/, "must be one topic, without wildcards");

const path = () =>
  z
    .string()
    .regex(/^(\$\.)?[^.]+(\.[^.]+)*$/, "must be keys with dots between them, such as ENERGY.Power")
    .optional();

const reading = () => z.strictObject({ topic: theirTopic(), path: path() });

const feedback = () =>
  z
    .strictObject({
      topic: theirTopic(),
      path: path(),
      on: z.string().trim().min(1).optional(),
      off: z.string().trim().min(1).optional(),
      on_above: z.number().min(0).optional(),
      off_below: z.number().min(0).optional(),
      wait: duration("1s", "1h").prefault("30s"),
    })
    .superRefine(({ on, off, on_above: above, off_below: below }, context) => {
      const problem = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
      if ((above === undefined) !== (below === undefined)) {
        problem(above === undefined ? "on_above" : "off_below", "is required: on_above and off_below come together");
      } else if (above !== undefined && below !== undefined) {
        if (below > above) problem("off_below", "must not be more than on_above");
        for (const [key, word] of Object.entries({ on, off })) {
          if (word !== undefined) problem(key, "is a word, and on_above and off_below are watts: one or the other");
        }
      } else if (on !== undefined && on.toUpperCase() === off?.toUpperCase())
        problem("off", "must not be the same as on");
    });

/** The keys of one aircon. */
export const airconKeys = {
  name: z
    .string()
    .refine(
      (name) => isTopic(name) && !name.includes("/") && /[A-Za-z0-9]/.test(name),
      "must be one level of a topic, such as living-room: with a letter from a to z or a digit, without blanks, slashes and wildcards",
    )
    .max(64, "must be at most 64 characters"),
  title: z.string().trim().min(1).optional(),
  blaster: z.string().trim().min(1),
  codes: z.string().min(1),
  horizontal_swing: z.boolean().optional(),
  current_temperature: reading().optional(),
  current_humidity: reading().optional(),
  feedback: feedback().optional(),
  quiet_time: oftenKeys.quiet_time.optional(),
  prelude: oftenKeys.prelude.optional(),
  repeats: oftenKeys.repeats.optional(),
};
