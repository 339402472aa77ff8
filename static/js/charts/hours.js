/* Hours of a year: the date of an hour, and daily means. */
import { language } from "../lib/quantities.js";

const START = Date.UTC(2023, 0, 1);
export const dateOf = (hour) => new Date(START + hour * 3600e3);
export const dayText = (hour) => new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" }).format(dateOf(hour));
export const hourText = (hour) => new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" }).format(dateOf(hour));
export const monthText = (day, month = "short") => new Intl.DateTimeFormat(language, { month, timeZone: "UTC" }).format(dateOf(day * 24));
export const isMonthStart = (day) => dateOf(day * 24).getUTCDate() === 1;

export function daily(values) {
  return Array.from({ length: Math.floor(values.length / 24) }, (_, day) => {
    const known = values.slice(day * 24, day * 24 + 24).filter((v) => v !== null);
    return known.length ? known.reduce((a, b) => a + b, 0) / known.length : null;
  });
}
