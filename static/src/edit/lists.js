// Enter in a list goes on with the list; on an empty item it ends it.
import { everywhere, insert } from "./places.js";

const ITEM = /^(?<before>[ \t]*(?:>[ \t]?)*)(?:(?<bullet>[-*+])|(?<number>\d{1,9})(?<after>[.)]))(?<space>[ \t]+)(?<box>\[[ xX]\][ \t]+)?/;
const QUOTE = /^(?<before>[ \t]*(?:>[ \t]?)+)/;

/** What the next line begins with, "" outside of lists. */
function nextMark(found) {
  const { before, bullet, number, after, space, box } = found.groups;
  if (bullet) return before + bullet + space + (box ? "[ ] " : "");
  return number ? `${before}${Number(number) + 1}${after}${space}` : before;
}

everywhere("textarea[data-markdown]", (area) => {
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented) return;
    if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = area.selectionStart;
    if (at !== area.selectionEnd || area.getAttribute("aria-expanded") === "true") return;
    const start = area.value.lastIndexOf("\n", at - 1) + 1;
    const line = area.value.slice(start, at);
    const found = ITEM.exec(line) ?? QUOTE.exec(line);
    if (!found) return;
    event.preventDefault();
    if (found[0].length === line.length && "\n".includes(area.value[at] ?? "")) insert(area, "", start, at);
    else insert(area, `\n${nextMark(found)}`);
  });
});
