/* The map on paper: the picture as it is, with legend, scale, sources and date. */
import { make } from "./legend.js";

const idle = (map) => new Promise((done) => { map.once("idle", done); map.triggerRepaint(); });
/* The picture with its scale drawn into it, so that the bar is right at whatever size it is printed. */
const grabbed = (map) => new Promise((done) => {
  map.once("render", () => {
    const drawn = map.getCanvas();
    const canvas = make("canvas");
    [canvas.width, canvas.height] = [drawn.width, drawn.height];
    const pen = canvas.getContext("2d");
    pen.drawImage(drawn, 0, 0);
    drawScale(pen, drawn.width / drawn.clientWidth, canvas.height);
    done(canvas.toDataURL("image/png"));
  });
  map.triggerRepaint();
});
function drawScale(pen, ratio, height) {
  const scale = document.querySelector(".maplibregl-ctrl-scale");
  if (!scale) return;
  const width = parseFloat(scale.style.width) * ratio;
  const [left, bottom, text] = [14 * ratio, height - 14 * ratio, scale.textContent];
  pen.fillStyle = "rgb(255 255 255 / 0.85)";
  pen.fillRect(left - 8 * ratio, bottom - 24 * ratio, width + 16 * ratio, 32 * ratio);
  pen.strokeStyle = pen.fillStyle = "#000";
  pen.lineWidth = 1.5 * ratio;
  pen.beginPath();
  pen.moveTo(left, bottom - 7 * ratio);
  pen.lineTo(left, bottom);
  pen.lineTo(left + width, bottom);
  pen.lineTo(left + width, bottom - 7 * ratio);
  pen.stroke();
  pen.font = `${12 * ratio}px "Inter Variable", sans-serif`;
  pen.fillText(text, left + 4 * ratio, bottom - 8 * ratio);
}

function sources(layers) {
  const list = make("ul", "small");
  for (const layer of layers) {
    const parts = [layer.source, layer.licence, layer.date].filter(Boolean).join(", ");
    list.append(make("li", "", `${layer.name} (${layer.natureLabel}): ${parts}`));
  }
  return list;
}
export async function printMap({ map, state, layers, town, texts }) {
  const sheet = document.getElementById("print-sheet");
  const root = document.documentElement;
  const before = root.dataset.theme;
  if (before !== "light") {
    root.dataset.theme = "light";
    root.dispatchEvent(new CustomEvent("theme"));
    await idle(map);
  }
  const picture = make("img", "print-map");
  picture.alt = texts.mapOf.replace("%(town)s", town);
  picture.src = await grabbed(map);
  await picture.decode().catch(() => {});
  const shown = state.view.order.toReversed().map((id) => layers.find((layer) => layer.id === id)).filter((layer) => state.view.on[layer.id]);
  const legend = make("div", "print-legend");
  for (const layer of shown) {
    const part = make("section");
    part.append(make("h3", "", layer.name));
    const row = document.querySelector(`[data-layer-row="${CSS.escape(layer.id)}"] [data-legend]`);
    if (row) part.append(row.cloneNode(true));
    legend.append(part);
  }
  const day = new Intl.DateTimeFormat(root.lang, { dateStyle: "long" }).format(new Date());
  const foot = make("div", "print-foot small");
  foot.append(make("span", "", `${texts.printed} ${day}`), make("span", "", location.href));
  sheet.replaceChildren(make("h1", "", texts.mapOf.replace("%(town)s", town)), picture, foot, legend, make("h3", "", texts.sources), sources(shown));
  sheet.dataset.ready = "";
  const after = () => {
    if (before === "light") return;
    root.dataset.theme = before;
    root.dispatchEvent(new CustomEvent("theme"));
  };
  addEventListener("afterprint", after, { once: true });
  window.print();
}
