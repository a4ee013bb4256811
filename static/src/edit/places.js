// Where the modules of the form find their places, their words and their voice.

const tools = document.getElementById("writing-tools");

/** Words in the reader's language, from the data attributes of #writing-tools: words.removed. */
export const words = tools ? tools.dataset : {};

/** Words with numbers or names in them: told("counted", {number: 3}). */
export const told = (name, values) => words[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

/** A copy of a piece of the page that waits in a template. */
export const piece = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

export const form = tools && document.getElementById("page-form");

/** Prepare every such place: those that are in the form, and those in cards that come later. */
export function everywhere(selector, prepare) {
  if (!form) return;
  const prepareIn = (part) => { for (const place of part.querySelectorAll(selector)) prepare(place); };
  prepareIn(form);
  form.addEventListener("kmwiki:added", (event) => prepareIn(event.target));
}

/** Tell the modules of the form that a card has come. */
export const cardCame = (card) => card.dispatchEvent(new CustomEvent("kmwiki:added", { bubbles: true }));

const voice = document.createElement("p");
voice.className = "vh";
voice.setAttribute("role", "status");
document.body.append(voice);

/** Say it to those who listen to the page; the same words twice are said twice. */
export function say(text) {
  voice.textContent = "";
  setTimeout(() => { voice.textContent = text; }, 50);
}

/** Run it when nothing more has been typed for a moment. */
export function later(milliseconds, run) {
  let waiting;
  return (...given) => { clearTimeout(waiting); waiting = setTimeout(() => run(...given), milliseconds); };
}

/** What an address of the site answers, undefined where it does not; a newer question of the same asker ends it. */
export function asker() {
  let asked;
  return async (address, options = {}) => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(address, { ...options, signal: asked.signal, headers: { Accept: "application/json" } });
      return answer.ok ? await answer.json() : undefined;
    } catch {
      return undefined; // no connection, or no longer wanted
    }
  };
}

/** Put text in place of what is selected, or of [from, to), as if it were typed: Ctrl+Z takes it back. */
export function insert(area, text, from = area.selectionStart, to = area.selectionEnd) {
  area.focus();
  area.setSelectionRange(from, to);
  const done = text ? document.execCommand("insertText", false, text) : from === to || document.execCommand("delete");
  if (!done) {
    area.setRangeText(text, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
