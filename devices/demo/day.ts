/** A day in the simulated house, in minutes since a midnight: what is so at a moment depends on nothing but the moment. */

/** Where there is a motion sensor. */
export const rooms = ["Hall", "Living room", "Kitchen"] as const;
export type RoomName = (typeof rooms)[number];

/** Where the one who lives there can be. */
export type Place = RoomName | "Bedroom" | "outside";

/** Nobody gets from a place to another but by these. */
export const doors: readonly (readonly [Place, Place])[] = [
  ["outside", "Hall"],
  ["Bedroom", "Hall"],
  ["Hall", "Living room"],
  ["Living room", "Kitchen"],
];

export interface Moment {
  /** `17:42` */
  timeOfDay: string;
  rooms: Record<RoomName, { motion: boolean; lightLevel: number; temperatureCelsius: number }>;
  bedroom: { temperatureCelsius: number; humidityPercent: number };
}

const DAY = 24 * 60;
/** So long a motion sensor goes on after the last move it saw. */
const LINGER = 6;

const at = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return 60 * hours + minutes;
};

const walks: readonly (readonly [time: string, place: Place])[] = [
  // Thirst.
  ["02:40", "Hall"],
  ["02:50", "Living room"],
  ["03:00", "Kitchen"],
  ["03:10", "Living room"],
  ["03:20", "Hall"],
  ["03:30", "Bedroom"],
  ["06:30", "Hall"],
  ["06:40", "Living room"],
  ["06:50", "Kitchen"],
  ["07:40", "Living room"],
  ["08:00", "Hall"],
  ["08:10", "Bedroom"],
  ["08:30", "Hall"],
  ["08:40", "outside"],
  ["12:10", "Hall"],
  ["12:20", "Living room"],
  ["12:30", "Kitchen"],
  ["13:00", "Living room"],
  ["13:30", "Hall"],
  ["13:40", "outside"],
  ["16:40", "Hall"],
  ["16:50", "Living room"],
  ["17:10", "Kitchen"],
  ["17:30", "Living room"],
  ["17:45", "Hall"],
  ["17:55", "Bedroom"],
  ["18:10", "Hall"],
  ["18:20", "Living room"],
  ["18:30", "Kitchen"],
  ["19:20", "Living room"],
  ["20:00", "Kitchen"],
  ["20:15", "Living room"],
  ["21:00", "Hall"],
  ["21:10", "Living room"],
  ["22:00", "Kitchen"],
  ["22:15", "Living room"],
  ["22:30", "Hall"],
  ["22:40", "Bedroom"],
];
const stays = walks.map(([time, place]) => ({ from: at(time), place }));

/** The light at noon as a Hue sensor measures it (10000 · log10(lx) + 1), and the day's mean temperature. */
const noon: Record<RoomName, { lightLevel: number; temperatureCelsius: number }> = {
  Hall: { lightLevel: 25_000, temperatureCelsius: 19.5 },
  "Living room": { lightLevel: 30_000, temperatureCelsius: 21.5 },
  Kitchen: { lightLevel: 28_000, temperatureCelsius: 21 },
};
const NIGHT_LEVEL = 2_000;

/** From 0 to 1 between two times, without a jolt. */
function between(minute: number, begin: string, end: string): number {
  const part = Math.min(1, Math.max(0, (minute - at(begin)) / (at(end) - at(begin))));
  return part * part * (3 - 2 * part);
}

/** Warmest in the afternoon: 1 at 15:00, -1 at 3:00. */
const warmth = (minute: number): number => Math.cos((2 * Math.PI * (minute - at("15:00"))) / DAY);

const hundredths = (value: number): number => Math.round(100 * value) / 100;

/** Where somebody is, and was before: who leaves a room is still seen there for a while. */
function whereabouts(minute: number): Place[] {
  const last = stays.findLastIndex(({ from }) => from <= minute);
  // Before the first stay it is the last one of the day before.
  const [now, before] = [stays.at(last), stays.at(last - 1)];
  if (!now) return [];
  return before && minute - now.from < LINGER && last >= 0 ? [now.place, before.place] : [now.place];
}

/** The house at a moment. */
export function houseAt(minutes: number): Moment {
  const minute = ((minutes % DAY) + DAY) % DAY;
  const busy = whereabouts(minute);
  // Light that falls evenly on this logarithmic scale is what a sunset looks like.
  const sun = between(minute, "05:30", "07:30") - between(minute, "17:00", "19:30");
  const cooking = between(minute, "18:30", "19:00") - between(minute, "19:20", "21:20");
  const inRoom = (room: RoomName) => {
    const { lightLevel, temperatureCelsius } = noon[room];
    const extra = room === "Kitchen" ? 2.5 * cooking : 0;
    return {
      motion: busy.includes(room),
      lightLevel: Math.round(NIGHT_LEVEL + sun * (lightLevel - NIGHT_LEVEL)),
      temperatureCelsius: hundredths(temperatureCelsius + 1.2 * warmth(minute) + extra),
    };
  };
  const [hours, rest] = [Math.floor(minute / 60), Math.floor(minute % 60)];
  return {
    timeOfDay: [hours, rest].map((part) => String(part).padStart(2, "0")).join(":"),
    rooms: { Hall: inRoom("Hall"), "Living room": inRoom("Living room"), Kitchen: inRoom("Kitchen") },
    bedroom: {
      temperatureCelsius: hundredths(20 + 0.8 * warmth(minute)),
      humidityPercent: hundredths(52 - 5 * warmth(minute)),
    },
  };
}
