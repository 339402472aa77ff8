/* Sends chosen files in parts, one file after the other; a lost connection or a reload loses
   nothing, because the server tells how much it has. Without this script the form posts as usual. */
import { data } from "./page.js";

const form = document.querySelector("[data-upload]");
const RETRY_MS = [1000, 2000, 5000, 10000];
const MB = 1e6;

if (form) {
  const input = form.querySelector("input[type=file]");
  const zone = form.querySelector("[data-drop]");
  const list = form.querySelector("[data-coming]");
  const texts = data("upload-texts");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const queue = [];
  let busy = false;

  form.querySelector("[data-plain]").hidden = true;
  const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]).replace("%%", "%");
  const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
  const ask = (url, options) => fetch(url, { ...options, headers: { "X-CSRFToken": token, ...options.headers } });

  function addRow(file) {
    const row = form.querySelector("[data-row]").content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = file.name;
    list.append(row);
    const say = (text) => { row.querySelector("[data-said]").textContent = text; };
    say(texts.waiting);
    return { file, row, say };
  }
  function show({ file, row, say }, offset) {
    const percent = Math.floor((100 * offset) / file.size);
    row.querySelector("progress").value = percent;
    say(fill(texts.coming, { percent, size: (file.size / MB).toFixed(1) }));
  }
  async function announce({ file }) {
    const body = new FormData();
    body.set("name", file.name);
    body.set("size", file.size);
    body.set("mark", file.lastModified);
    return (await ask(form.dataset.upload, { method: "POST", body })).json();
  }
  /* Runs a step until the network lets it through; then what it returned. */
  async function patiently(item, step) {
    for (let tries = 0; ; tries += 1) {
      try { return await step(); } catch (error) {
        if (!(error instanceof TypeError)) throw error; // only a lost network is worth waiting for
        item.say(texts.lost);
        await pause(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]);
      }
    }
  }
  async function send(item) {
    const { file } = item;
    const begun = await patiently(item, () => announce(item));
    if (begun.error) throw new Error(begun.error);
    let { offset } = begun;
    for (;;) {
      show(item, offset);
      const part = file.slice(offset, offset + begun.part_bytes);
      const answer = await patiently(item, async () => {
        const response = await ask(begun.url, { method: "PUT", body: part, headers: { "Upload-Offset": String(offset), "Content-Type": "application/octet-stream" } });
        if (response.status >= 500) throw new TypeError("the server is away");
        return response.json();
      });
      if (answer.next) return answer.next;
      // another place than thought: a part came, and its answer was lost
      if (answer.error && (answer.offset === undefined || answer.offset === offset)) throw new Error(answer.error);
      offset = answer.offset;
    }
  }
  async function work() {
    if (busy) return;
    busy = true;
    const alone = queue.length === 1;
    while (queue.length) {
      const item = queue.shift();
      try {
        const next = await send(item);
        item.row.querySelector("progress").value = 100;
        item.say(texts.done);
        const link = item.row.querySelector("[data-next]");
        link.href = next;
        item.row.querySelector("[data-done]").hidden = false;
        if (alone && !queue.length) { location.assign(next); return; }
      } catch (error) {
        item.row.classList.add("bad");
        item.say(error.message && !(error instanceof SyntaxError) ? error.message : texts.failed);
      }
    }
    busy = false;
  }
  function take(files) {
    for (const file of files) {
      const item = addRow(file);
      const limit = Number(form.dataset.limit);
      if (file.size > limit) item.say(fill(texts.too_large, { size: (file.size / MB).toFixed(0), limit: (limit / MB).toFixed(0) }));
      else queue.push(item);
    }
    work();
  }
  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  for (const type of ["dragenter", "dragover"]) zone.addEventListener(type, (event) => { event.preventDefault(); zone.classList.add("over"); });
  for (const type of ["dragleave", "drop"]) zone.addEventListener(type, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => { event.preventDefault(); take([...event.dataTransfer.files]); });
}
