// How long an answer is, where a length is asked for. Longer is never refused here.
import { everywhere, later, say, told } from "./places.js";

const NEAR = 0.9;

/** As the server counts: characters, not halves of them. */
const lengthOf = (text) => text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);

everywhere("[data-length]", (field) => {
  const most = Number(field.dataset.length);
  const line = document.createElement("p");
  line.className = "counter";
  line.setAttribute("aria-hidden", "true"); // said when it matters
  const words = () => told("counted", { number: lengthOf(field.value), total: most });
  const sayIt = later(1200, () => { if (document.activeElement === field) say(words()); });
  let wasFar = true;

  function show() {
    const length = lengthOf(field.value);
    line.hidden = length < most * 0.5;
    line.textContent = line.hidden ? "" : words();
    line.classList.toggle("over", length > most);
    const isFar = length < most * NEAR;
    if (!isFar && (wasFar || length > most)) sayIt();
    wasFar = isFar;
  }

  (field.closest("text-expander") ?? field).after(line);
  field.addEventListener("input", show);
  show();
});
