// A table is asked for by its size; Tab then goes from cell to cell.
import { everywhere, insert, words } from "./places.js";

const ROW = /^[ \t]*\|.*\|[ \t]*$/;
const RULE = /^[ \t|:]*-[ \t|:-]*$/;

function tableOf(rows, columns) {
  const line = (cell) => `| ${Array.from({ length: columns }, (_, number) => cell(number + 1)).join(" | ")} |`;
  const empty = line(() => "   ");
  const head = line((number) => words.column.replace("{number}", number));
  return [head, line(() => "---"), ...Array.from({ length: rows }, () => empty)].join("\n");
}

/** The table on lines of its own, its first heading selected, ready to be written over. */
function insertTable(area, rows, columns) {
  const before = area.value.slice(0, area.selectionStart);
  const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const after = area.value.slice(area.selectionEnd).startsWith("\n") ? "\n" : "\n\n";
  const start = area.selectionStart + gap.length;
  insert(area, gap + tableOf(rows, columns) + after);
  area.setSelectionRange(start + 2, start + 2 + words.column.replace("{number}", 1).length);
}

/** The cells of the line around a place: [start, end) of their words. */
function cellsAround(area, at) {
  const start = area.value.lastIndexOf("\n", at - 1) + 1;
  const end = (area.value.indexOf("\n", at) + 1 || area.value.length + 1) - 1;
  const line = area.value.slice(start, end);
  if (!ROW.test(line)) return null;
  const cells = [];
  for (const found of line.matchAll(/(?<=\|)((?:\\.|[^|\\])*)(?=\|)/g)) {
    const [begin, words] = [start + found.index, found[0].trim()];
    const lead = words ? found[0].indexOf(words) : Math.min(1, found[0].length);
    cells.push([begin + lead, begin + lead + words.length]);
  }
  return { start, end, cells, isRule: RULE.test(line) };
}

/** The cell after this place, or before it; undefined at either end of the table, where Tab leaves the field. */
function nextCell(area, at, back) {
  let line = cellsAround(area, at);
  if (!line) return undefined;
  const here = line.cells.findIndex(([, end]) => at <= end);
  let next = line.cells[(here < 0 ? line.cells.length - 1 : here) + (back ? -1 : 1)];
  while (!next) {
    const beyond = back ? line.start - 1 : line.end + 1;
    line = beyond < 0 || beyond > area.value.length ? null : cellsAround(area, beyond);
    if (!line) return undefined;
    if (!line.isRule) next = line.cells.at(back ? -1 : 0);
  }
  return next;
}

const dialog = document.getElementById("table-size");

everywhere("textarea[data-markdown]", (area) => {
  const bar = area.parentElement.querySelector(`markdown-toolbar[for="${area.id}"]`);
  bar.querySelector("[data-table]").addEventListener("click", () => {
    const [rows, columns] = dialog.querySelectorAll("input");
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      area.focus();
      if (dialog.returnValue !== "insert") return;
      const within = (input) => Math.min(Math.max(input.valueAsNumber || 1, 1), Number(input.max));
      insertTable(area, within(rows), within(columns));
    }, { once: true });
    dialog.showModal();
    rows.select();
  });
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const cell = nextCell(area, area.selectionEnd, event.shiftKey);
    if (!cell) return;
    event.preventDefault();
    area.setSelectionRange(...cell);
  });
});
