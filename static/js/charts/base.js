/* What all charts share: colours and type from tokens.css, calm motion, tooltips without HTML. */
import { init } from "../../vendor/echarts.js";
import { calm, onThemeChange, token } from "../lib/tokens.js";

export function startChart(element, makeOption) {
  const chart = init(element, null, { renderer: "canvas" });
  const draw = () => {
    chart.setOption({ ...common(), ...makeOption() }, { notMerge: true });
    chart.getZr().flush(); // at once: a printer does not wait for the next frame
  };
  draw();
  onThemeChange(draw);
  new ResizeObserver(() => { chart.resize(); chart.getZr().flush(); }).observe(element);
  return { chart, draw };
}
function common() {
  return {
    animation: !calm(), animationDuration: 200, aria: { enabled: false },
    textStyle: { fontFamily: token("font"), color: token("ink-2"), fontSize: 12 },
    backgroundColor: "transparent",
  };
}
export const tooltip = (extra = {}) => ({
  renderMode: "richText", confine: true, backgroundColor: token("surface"), borderColor: token("line-strong"), borderWidth: 1,
  padding: [8, 12], textStyle: { color: token("ink"), fontFamily: token("font"), fontSize: 12, lineHeight: 18 }, ...extra,
});
export const axis = (extra = {}) => ({
  axisLine: { lineStyle: { color: token("line-strong") } }, axisTick: { show: false },
  axisLabel: { color: token("ink-2"), hideOverlap: true }, nameTextStyle: { color: token("ink-2"), align: "left" },
  splitLine: { lineStyle: { color: token("line") } }, ...extra,
});
export const legend = (extra = {}) => ({ top: 0, left: 0, itemWidth: 16, itemHeight: 9, icon: "roundRect", textStyle: { color: token("ink-2"), fontFamily: token("font") }, ...extra });
