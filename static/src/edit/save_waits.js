// Saving waits for pictures that are on their way into a text; whoever presses again saves without them.
import { form, say } from "./places.js";
import { told } from "./upload_words.js";

const travelling = new Set();
const line = document.createElement("p");
line.className = "small";
let pressed = null; // the button that waits
let mayLeave = false;

/** While `putting` lasts, the picture is on its way into the text; it gives whether the picture came there. */
export async function travels(upload, putting) {
  travelling.add(upload);
  const isThere = await putting;
  travelling.delete(upload);
  if (!pressed) return;
  if (!isThere && upload.state !== "cancelled") pressed = null; // why, stands in its card
  tellOrSave();
}

function tellOrSave() {
  line.textContent = pressed && travelling.size ? told("saveWaits", { number: travelling.size }) : "";
  if (!pressed || travelling.size) return;
  const button = pressed;
  pressed = null;
  button.click();
}

function wait(event) {
  if (!travelling.size || pressed) {
    mayLeave = true;
    return;
  }
  event.preventDefault();
  pressed = event.submitter;
  tellOrSave();
  say(line.textContent);
}

if (form) {
  form.querySelector(".save")?.append(line);
  form.addEventListener("submit", wait, true);
  addEventListener("beforeunload", (event) => { if (travelling.size && !mayLeave) event.preventDefault(); });
  addEventListener("pageshow", () => { mayLeave = false; });
}
