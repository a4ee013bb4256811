// Buttons above a Markdown field, their keys, and the switch between writing and looking.
import "@github/markdown-toolbar-element";
import { everywhere, piece, words } from "./places.js";

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** "Ctrl+B" of a button's data-keys "b", "Ctrl+Shift+8" of "shift+8". */
const keysOf = (keys) => [isMac ? "⌘" : "Ctrl", ...keys.split("+").map((key) => key[0].toUpperCase() + key.slice(1))].join("+");

function nameKeys(button) {
  const { keys } = button.dataset;
  if (keys) button.setAttribute("aria-keyshortcuts", `${isMac ? "Meta" : "Control"}+${keys.toUpperCase()}`);
  button.title = button.textContent.trim() + (keys ? ` (${keysOf(keys)})` : "");
}

/** The key by its place for digits, as Shift makes other signs of them; by its letter for the rest. */
function keysPressed(event) {
  const digit = /^Digit(\d)$/.exec(event.code);
  const dot = event.code === "Period" ? "." : "";
  return (event.shiftKey ? "shift+" : "") + (digit?.[1] ?? (dot || event.key.toLowerCase()));
}

everywhere("textarea[data-markdown]", (area) => {
  const bar = piece("markdown-bar");
  const toolbar = bar.querySelector("markdown-toolbar");
  toolbar.setAttribute("for", area.id);
  const label = document.querySelector(`label[for="${area.id}"]`)?.firstChild?.textContent.trim() ?? "";
  toolbar.setAttribute("aria-label", `${words.toolbar} ${label}`);
  for (const button of toolbar.querySelectorAll("button")) nameKeys(button);
  area.before(bar);
  // Enter and the space bar press these buttons anyhow; the toolbar would press them once more.
  toolbar.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") event.stopPropagation();
  }, true);
  area.addEventListener("keydown", (event) => {
    if (!(isMac ? event.metaKey : event.ctrlKey) || event.altKey || event.isComposing) return;
    const button = toolbar.querySelector(`[data-keys="${CSS.escape(keysPressed(event))}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
});
