import type { Setting } from "../setting.ts";
import type { Ability } from "./code-set.ts";
import type { Header } from "./smartir-header.ts";
import { ANY, celsiusOf, type Leaf } from "./smartir-tree.ts";
import { inFanOrder, inSwingOrder, type Translation } from "./smartir-words.ts";

type Wish = Pick<Setting, "fan" | "swing" | "temperatureCelsius">;

/** The commands of one mode, by what is asked for. */
export interface Table {
  ability: Ability;
  /** The command's index; undefined where there is none. What the file has for anything is found for all. */
  find(wish: Wish): number | undefined;
  /** The same in people's words, where it is in the file's own. */
  inWords<W extends Wish>(wish: W): W;
}

/** The commands of a mode that have codes, with their indices. `twice` is told the path of one that was there before. */
export function tableOf(
  leaves: readonly (readonly [leaf: Leaf, index: number])[],
  header: Header,
  translate: { fan: Translation; swing: Translation },
  twice: (path: string) => void,
): Table {
  const commands = new Map<string, number>();
  const [fans, swings, temperatures] = [new Set<string>(), new Set<string>(), new Set<number>()];
  for (const [leaf, index] of leaves) {
    const { path, fan, swing, temperature } = leaf;
    const celsius = temperature === ANY ? ANY : (celsiusOf(temperature, header.temperatureUnit) ?? ANY);
    const key = keyOf(fan, swing, celsius);
    if (commands.has(key)) {
      twice(path);
      continue;
    }
    commands.set(key, index);
    fans.add(fan);
    swings.add(swing);
    if (celsius !== ANY) temperatures.add(celsius);
  }
  // What stands for anything is shown as what it most likely is.
  const shown = {
    fan: (own: string) => (own === ANY ? "auto" : translate.fan(own)),
    swing: (own: string) => (own === ANY ? "off" : translate.swing(own)),
  };
  const owns = { fan: ownWords(fans, translate.fan), swing: ownWords(swings, translate.swing) };
  return {
    ability: {
      temperaturesCelsius: [...temperatures].sort((a, b) => a - b),
      fans: inFanOrder(inListOrder(fans, header.fanModes).map(shown.fan)),
      swings: inSwingOrder(inListOrder(swings, header.swingModes).map(shown.swing)),
    },
    inWords: (wish) => ({ ...wish, fan: translate.fan(wish.fan), swing: translate.swing(wish.swing) }),
    find: ({ fan, swing, temperatureCelsius }) => {
      for (const ownFan of [owns.fan(fan), ANY]) {
        for (const ownSwing of [owns.swing(swing), ANY]) {
          for (const celsius of [temperatureCelsius, ANY]) {
            const index = commands.get(keyOf(ownFan, ownSwing, celsius));
            if (index !== undefined) return index;
          }
        }
      }
      return undefined;
    },
  };
}

const keyOf = (fan: string, swing: string, celsius: number | string): string => `${fan}\0${swing}\0${celsius}`;

/** The file's own word for one of people's; the file's own is understood as well. */
function ownWords(owns: Iterable<string>, translate: Translation): (word: string) => string {
  const byWord = new Map([...owns].map((own) => [translate(own), own]));
  return (word) => byWord.get(word) ?? word;
}

const inListOrder = (there: ReadonlySet<string>, listed: Header["fanModes"]): string[] =>
  [...new Set([...(listed ?? []), ...there])].filter((word) => there.has(word));
