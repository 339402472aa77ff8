/* The hourly charts of a parcel: temperatures, the year, one week, load duration, headroom. */
import { digits, quantity } from "../lib/quantities.js";
import { ramp, token } from "../lib/tokens.js";
import { axis, legend, startChart, tooltip } from "./base.js";
import { daily, dayText, hourText, isMonthStart, monthText } from "./hours.js";

const line = (name, data, color, extra = {}) => ({ name, type: "line", data, showSymbol: false, lineStyle: { width: 1.8, color }, itemStyle: { color }, ...extra });
const isNarrow = (element) => element.clientWidth < 480;
const monthAxis = (element, count, extra = {}) => axis({
  type: "category", data: Array.from({ length: count }, (_, day) => day), boundaryGap: false,
  axisLabel: { color: token("ink-2"), interval: (day) => isMonthStart(day), formatter: (day) => monthText(Number(day), isNarrow(element) ? "narrow" : "short"), align: "left" }, ...extra,
});

export function temperatures(element, hourly, texts) {
  const series = [[texts.supply, hourly.supply_degc, "supply"], [texts.return, hourly.return_degc, "return"], [texts.available, hourly.available_degc, "hub"]]
    .map(([name, values, color]) => [name, daily(values), color]);
  startChart(element, () => ({
    grid: { left: 44, right: 16, top: 44, bottom: 26 }, legend: legend(),
    tooltip: tooltip({ trigger: "axis", formatter: (points) => [dayText(points[0].dataIndex * 24), ...points.map((p) => `${p.seriesName}: ${quantity(p.value, "degC")}`)].join("\n") }),
    xAxis: monthAxis(element, series[0][1].length), yAxis: axis({ type: "value", name: "°C", scale: true, splitNumber: 4, min: (v) => Math.floor((v.min - 3) / 10) * 10 }),
    series: series.map(([name, values, color]) => line(name, values, token(color), color === "hub" ? { lineStyle: { width: 2.4, color: token(color) } } : {})),
  }));
}

export function year(element, hourly, texts, onDay) {
  const days = Math.floor(hourly.heat_kw.length / 24);
  const cells = hourly.heat_kw.slice(0, days * 24).map((kw, hour) => [Math.floor(hour / 24), hour % 24, kw === null ? "-" : kw]);
  const top = hourly.heat_kw.reduce((a, b) => Math.max(a, b ?? 0), 1);
  const { chart } = startChart(element, () => ({
    grid: { left: 44, right: 16, top: 12, bottom: 62 },
    tooltip: tooltip({ formatter: ({ value: [day, hour, kw] }) => `${hourText(day * 24 + hour)}\n${texts.used}: ${kw === "-" ? "–" : quantity(kw, "kW")}` }),
    xAxis: monthAxis(element, days, { boundaryGap: true, splitLine: { show: false } }),
    yAxis: axis({ type: "category", data: Array.from({ length: 24 }, (_, h) => h), axisLabel: { color: token("ink-2"), interval: 5, formatter: (h) => `${h}:00` }, splitLine: { show: false } }),
    visualMap: { min: 0, max: top, calculable: false, orient: "horizontal", left: 44, bottom: 0, itemWidth: 10, itemHeight: 160, text: [`${digits(top)} kW`, "0"], textStyle: { color: token("ink-2") }, inRange: { color: [token("surface-3"), ...ramp("heat", 6).slice(1)] } },
    series: [{ type: "heatmap", data: cells, progressive: 0, animation: false, emphasis: { disabled: true } }],
  }));
  chart.on("click", ({ value }) => onDay(value[0]));
}

export function week(element, hourly, texts) {
  const hours = hourly.heat_kw.map((_, hour) => hour);
  const area = (name, data, color) => line(name, data, token(color), { stack: "heat", step: "end", areaStyle: { color: token(color), opacity: 0.9 }, lineStyle: { width: 0 }, sampling: "lttb" });
  const sums = Array.from({ length: Math.floor(hours.length / 168) }, (_, w) => hourly.heat_kw.slice(w * 168, w * 168 + 168).reduce((a, b) => a + (b ?? 0), 0));
  const first = 168 * sums.indexOf(Math.max(...sums)); // the week with the most heat
  const { chart } = startChart(element, () => ({
    grid: { left: 44, right: 52, top: isNarrow(element) ? 66 : 44, bottom: 66 }, legend: legend(),
    tooltip: tooltip({ trigger: "axis", formatter: (points) => [hourText(points[0].dataIndex), ...points.map((p) => `${p.seriesName}: ${quantity(p.value, p.seriesName === texts.price ? "EUR/MWh" : "kW")}`)].join("\n") }),
    dataZoom: [
      { type: "inside", startValue: first, endValue: first + 167, minValueSpan: 24, zoomOnMouseWheel: "ctrl" },
      { type: "slider", startValue: first, endValue: first + 167, minValueSpan: 24, height: 22, bottom: 6, borderColor: token("line"), fillerColor: token("line"), handleStyle: { color: token("accent") }, moveHandleSize: 0, brushSelect: false, showDetail: false, dataBackground: { lineStyle: { color: token("line-strong") }, areaStyle: { color: token("line") } } },
    ],
    xAxis: axis({ type: "category", data: hours, boundaryGap: false, axisLabel: { color: token("ink-2"), hideOverlap: true, interval: (h) => h % 24 === 0, formatter: (h) => dayText(Number(h)), align: "left" } }),
    yAxis: [axis({ type: "value", name: "kW", splitNumber: 3 }), axis({ type: "value", name: "EUR/MWh", splitNumber: 3, splitLine: { show: false }, nameTextStyle: { color: token("ink-2"), align: "right" } })],
    series: [area(texts.used, hourly.heat_kw, "used"), area(texts.rejected, hourly.rejected_kw, "rejected"),
      line(texts.price, hourly.price_eur_per_mwh, token("price"), { yAxisIndex: 1, step: "end", lineStyle: { width: 1.4, color: token("price") } })],
  }));
  return (day) => chart.dispatchAction({ type: "dataZoom", startValue: Math.max(0, day * 24 - 72), endValue: Math.min(hours.length - 1, day * 24 + 95) });
}

export function duration(element, hourly, texts) {
  // the hours sorted by what the place needs; the hub's heat stays with its hour
  const order = hourly.absorbable_kw.map((_, hour) => hour).sort((a, b) => (hourly.absorbable_kw[b] ?? 0) - (hourly.absorbable_kw[a] ?? 0));
  const bin = 12; // twelve hours a point: a curve, not a cloud
  const means = (values) => Array.from({ length: Math.floor(order.length / bin) }, (_, i) => order.slice(i * bin, i * bin + bin).reduce((sum, hour) => sum + (values[hour] ?? 0), 0) / bin);
  const [need, given] = [means(hourly.absorbable_kw), means(hourly.heat_kw)];
  startChart(element, () => ({
    grid: { left: 52, right: 16, top: 44, bottom: 40 }, legend: legend(),
    tooltip: tooltip({ trigger: "axis", formatter: (points) => [`${digits(points[0].dataIndex * bin)} h`, ...points.map((p) => `${p.seriesName}: ${quantity(p.value, "kW")}`)].join("\n") }),
    xAxis: axis({ type: "category", boundaryGap: false, name: texts.hoursOfYear, nameLocation: "middle", nameGap: 26, data: need.map((_, i) => i * bin), axisLabel: { color: token("ink-2"), interval: (i) => (i * bin) % 1000 < bin, formatter: (h) => digits(Math.round(h / 1000) * 1000) } }),
    yAxis: axis({ type: "value", name: "kW", splitNumber: 4 }),
    series: [line(texts.needed, need, token("line-strong"), { areaStyle: { color: token("surface-3") } }), line(texts.used, given, token("used"), { areaStyle: { color: token("used"), opacity: 0.85 }, lineStyle: { width: 0 } })],
  }));
}

export function headroom(element, hourly, texts) {
  const drawn = hourly.power_it_kw.map((kw, hour) => (kw ?? 0) + (hourly.heat_pump_kw[hour] ?? 0));
  const [free, used] = [daily(hourly.headroom_kw), daily(drawn)];
  startChart(element, () => ({
    grid: { left: 52, right: 16, top: 44, bottom: 26 }, legend: legend(),
    tooltip: tooltip({ trigger: "axis", formatter: (points) => [dayText(points[0].dataIndex * 24), ...points.map((p) => `${p.seriesName}: ${quantity(p.value, "kW")}`)].join("\n") }),
    xAxis: monthAxis(element, free.length), yAxis: axis({ type: "value", name: "kW", splitNumber: 4 }),
    series: [line(texts.free, free, token("accent")), line(texts.drawn, used, token("price"), { areaStyle: { color: token("price"), opacity: 0.25 } })],
  }));
}
