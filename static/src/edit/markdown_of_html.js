// HTML from a clipboard as Markdown; undefined where the HTML says no more than the plain text beside it.
import TurndownService from "turndown";
import { cleaned } from "./clean_html.js";

const turndown = new TurndownService({
  headingStyle: "atx", bulletListMarker: "-", codeBlockStyle: "fenced", emDelimiter: "*", hr: "---",
});
turndown.remove(["script", "style", "title", "noscript", "template", "button", "select", "textarea", "input"]);

/** "- item" and "1. item", without the three blanks that turndown puts after the mark. */
turndown.addRule("item", {
  filter: "li",
  replacement(content, item) {
    const list = item.parentNode;
    const first = Number(list.getAttribute("start")) || 1;
    const mark = list.nodeName === "OL" ? `${first + [...list.children].indexOf(item)}. ` : "- ";
    const text = content.replace(/^\n+|\n+$/g, "").replace(/\n/gm, `\n${" ".repeat(mark.length)}`).replace(/^ +$/gm, "");
    return mark + text + (item.nextSibling ? "\n" : "");
  },
});
/** Tables are clean by now: the first line is the head, a cell is one line. */
turndown.addRule("cell", {
  filter: ["th", "td"],
  replacement: (content, cell) => ` ${content.trim().replace(/\s*\n\s*/g, " ").replace(/\|/g, "\\|")} |${" |".repeat(cell.colSpan - 1)}`,
});
turndown.addRule("line", {
  filter: "tr",
  replacement(content, line) {
    const rule = { right: " ---: |", center: " :---: |" };
    const under = line.closest("table").rows[0] === line ? `\n|${[...line.cells].map((cell) => (rule[cell.align] ?? " --- |") + " --- |".repeat(cell.colSpan - 1)).join("")}` : "";
    return `\n|${content}${under}`;
  },
});
turndown.addRule("table", { filter: "table", replacement: (content) => `\n\n${content.replace(/\n\s*\n/g, "\n").trim()}\n\n` });
turndown.addRule("part of table", { filter: ["thead", "tbody", "tfoot"], replacement: (content) => content });
turndown.addRule("struck", { filter: ["del", "s", "strike"], replacement: (content) => (content.trim() ? `~~${content}~~` : content) });

const TELLING = "h1,h2,h3,h4,h5,h6,strong,b,em,i,del,s,ul,ol,table,a[href],blockquote,pre,hr";

export function markdownOf(html) {
  const body = cleaned(html);
  if (!body.querySelector(TELLING)) return undefined;
  const text = turndown.turndown(body);
  return tidied(text) || undefined;
}

/** No-break spaces stay where French has them, and lines have no blanks at their ends. */
const tidied = (text) => text
  .replace(/(?<![«\d])[\u00a0\u202f](?![»:;!?%\d])/g, " ")
  .replace(/[ \t]+$/gm, "")
  .replace(/\n{3,}/g, "\n\n")
  .trim();
