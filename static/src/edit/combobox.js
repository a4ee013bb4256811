// A box in which something is picked by typing: the pattern of ARIA's combobox, by @github/combobox-nav.
import Combobox from "@github/combobox-nav";
import { later, say, told, words } from "./places.js";
import { listOf } from "./offers.js";

const PATIENCE_MS = 150;

/**
 * Make a picker of an input. `offer(text)` gives the options for what is typed, as items of offers.js, or undefined;
 * `chosen(option)` is told which one was taken. The list stands behind the input, in a box of its own.
 */
export function pickByTyping(input, { offer, chosen }) {
  const frame = document.createElement("div");
  frame.className = "picker";
  input.after(frame);
  const list = listOf([], words.pages);
  list.id = `${input.id}-offers`;
  list.hidden = true;
  frame.append(input, list);
  const box = new Combobox(input, list, { tabInsertsSuggestions: false });
  let isOpen = false;

  function close() {
    if (!isOpen) return;
    box.stop();
    list.hidden = true;
    isOpen = false;
  }

  async function open() {
    const typed = input.value;
    const items = await offer(typed.trim());
    if (input.value !== typed || document.activeElement !== input) return;
    close();
    list.replaceChildren(...listOf(items ?? [], "").children);
    if (!list.children.length) return;
    list.hidden = false;
    isOpen = true;
    box.start();
    say(told("offered", { number: list.children.length }));
  }

  input.addEventListener("input", later(PATIENCE_MS, open));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && !isOpen) { event.preventDefault(); open(); }
    if (event.key === "Escape" && isOpen) { event.preventDefault(); close(); }
    // Enter takes what is marked (combobox-nav); it never sends the form from here.
    if (event.key === "Enter") event.preventDefault();
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the input keeps the focus
  list.addEventListener("combobox-commit", ({ target }) => { close(); chosen(target); });
}
