/* A year of daily means, for a first look at an hourly series. */
import { data } from "../lib/page.js";
import { quantity } from "../lib/quantities.js";
import { token } from "../lib/tokens.js";
import { axis, startChart, tooltip } from "./base.js";
import { dayText, isMonthStart, monthText } from "./hours.js";

const element = document.querySelector('[data-chart="series"]');
const { values, unit } = data("chart-data");
await document.fonts.ready;
startChart(element, () => ({
  grid: { left: 52, right: 16, top: 34, bottom: 26 },
  tooltip: tooltip({ trigger: "axis", formatter: ([point]) => `${dayText(point.dataIndex * 24)}: ${quantity(point.value, unit)}` }),
  xAxis: axis({ type: "category", boundaryGap: false, data: values.map((_, day) => day), axisLabel: { color: token("ink-2"), interval: (day) => isMonthStart(day), formatter: (day) => monthText(Number(day), element.clientWidth < 480 ? "narrow" : "short"), align: "left" } }),
  yAxis: axis({ type: "value", name: unit === "degC" ? "°C" : unit, scale: true, splitNumber: 4 }),
  series: [{ type: "line", data: values, showSymbol: false, lineStyle: { width: 1.6, color: token("accent") }, itemStyle: { color: token("accent") } }],
}));
document.documentElement.dataset.charts = "drawn";
