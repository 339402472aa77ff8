/* A number becomes text as it does on the server: digits, separators, unit, a dash for missing. */
const SCALED = {
  "MWh/a": [[1e3, "GWh/a"]], MWh: [[1e3, "GWh"]], kW: [[1e3, "MW"]],
  EUR: [[1e6, "M EUR"], [1e3, "k EUR"]], m2: [[1e4, "ha"]],
};
const PRINTED = { m2: "m²", degC: "°C", "-": "" };
export const language = document.documentElement.lang || "en";

export function digits(value, significant = 3) {
  const whole = Math.abs(value) >= 10 ** (significant - 1);
  const format = whole ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: significant };
  return new Intl.NumberFormat(language, format).format(value).replace("-", "−");
}
export function quantity(value, unit = "", significant = 3) {
  if (value === null || value === undefined || value === "" || Number.isNaN(value)) return "–";
  let number = Number(value);
  if (unit === "share") return `${digits(100 * number, significant)}\u202f%`;
  const larger = (SCALED[unit] ?? []).find(([factor]) => Math.abs(number) >= factor);
  if (larger) { number /= larger[0]; unit = larger[1]; }
  const printed = PRINTED[unit] ?? unit;
  return `${digits(number, significant)}${printed ? `\u202f${printed}` : ""}`;
}
