// HTML of Word, Google Docs, spreadsheets and web pages as plain HTML that says what it means with elements.

const KEPT_LINK = /^(https?:|mailto:)/i;

/** The body, cleaned. Styles are read from data-style: the content policy of the page lets none be parsed. */
export function cleaned(html) {
  const inner = html
    .replace(/<style\b[\s\S]*?<\/style\s*>/gi, "")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<!\[[^>]*>/g, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
  const { body } = new DOMParser().parseFromString(inner, "text/html");
  for (const clean of [dropHidden, unwrapOffice, lists, meaning, emptyMarks, tables, links, blocksInItems]) clean(body);
  return body;
}

const all = (body, selector) => [...body.querySelectorAll(selector)];
const unwrap = (element) => element.replaceWith(...element.childNodes);
const styleOf = (element, name) =>
  new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`, "i").exec(element.dataset.style ?? "")?.[1].trim() ?? "";

function rename(element, name) {
  const other = element.ownerDocument.createElement(name);
  other.append(...element.childNodes);
  element.replaceWith(other);
  return other;
}

function wrapInside(element, name) {
  const inner = element.ownerDocument.createElement(name);
  inner.append(...element.childNodes);
  element.append(inner);
}

function dropHidden(body) {
  for (const element of all(body, "script, style, meta, link, title, img, svg, picture, video, iframe, object, col, colgroup, br.Apple-interchange-newline")) element.remove();
  for (const element of all(body, "[data-style]")) {
    if (/\bdisplay\s*:\s*none|\bmso-hide\s*:\s*all/i.test(element.dataset.style)) element.remove();
  }
}

/** <o:p>, Word's titles, and the bold that Google Docs wraps around everything. */
function unwrapOffice(body) {
  for (const element of all(body, "*")) {
    if (element.localName.includes(":") || element.id.startsWith("docs-internal-guid") || element.localName === "google-sheets-html-origin") unwrap(element);
  }
  for (const title of all(body, "p.MsoTitle")) rename(title, "h1");
  for (const heading of all(body, "p[class^=MsoHeading]")) rename(heading, "h2");
}

/** Word writes lists as paragraphs with a mark in front; a nested list of Google Docs stands beside its item. */
function lists(body) {
  for (const paragraph of all(body, "[data-style*='mso-list']:not(span)")) intoList(paragraph);
  for (const inner of all(body, "ul > ul, ul > ol, ol > ul, ol > ol")) {
    const item = inner.previousElementSibling;
    if (item?.localName === "li") item.append(inner);
  }
  for (const mark of all(body, "[data-style*='mso-list']")) if (/ignore/i.test(styleOf(mark, "mso-list"))) mark.remove();
}

function intoList(paragraph) {
  const level = Number(/level(\d)/.exec(styleOf(paragraph, "mso-list"))?.[1] ?? 0);
  const mark = [...paragraph.querySelectorAll("span")].find((span) => /ignore/i.test(styleOf(span, "mso-list")));
  if (!level || !mark) return;
  const number = /^\s*\(?(\d+|[a-z]{1,4})[.)]/i.exec(mark.textContent);
  mark.remove();
  const name = number ? "ol" : "ul";
  const item = paragraph.ownerDocument.createElement("li");
  item.append(...paragraph.childNodes);
  let list = paragraph.previousElementSibling;
  if (!list?.matches("[data-word]")) {
    list = newList(paragraph, name, number);
    paragraph.before(list);
  }
  for (let depth = 1; depth < level; depth += 1) {
    const last = list.lastElementChild;
    let inner = last?.lastElementChild;
    if (!inner?.matches("[data-word]")) {
      inner = newList(paragraph, name, number);
      (last ?? list).append(inner);
    }
    list = inner;
  }
  if (level === 1 && list.localName !== name) {
    const other = newList(paragraph, name, number);
    list.after(other);
    list = other;
  }
  list.append(item);
  paragraph.remove();
}

function newList(paragraph, name, number) {
  const list = paragraph.ownerDocument.createElement(name);
  list.dataset.word = "";
  if (Number(number?.[1]) > 1) list.setAttribute("start", number[1]);
  return list;
}

/** Bold, italic and struck out by style become elements; in headings bold says nothing. */
function meaning(body) {
  for (const element of all(body, "b, strong")) if (/^(normal|[1-5]00)$/.test(styleOf(element, "font-weight"))) unwrap(element);
  for (const element of all(body, "i, em")) if (/^normal$/.test(styleOf(element, "font-style"))) unwrap(element);
  for (const element of all(body, "span[data-style], font[data-style]")) {
    if (/^(bold|bolder|[6-9]00)$/.test(styleOf(element, "font-weight"))) wrapInside(element, "strong");
    if (/^(italic|oblique)$/.test(styleOf(element, "font-style"))) wrapInside(element, "em");
    if (/line-through/.test(styleOf(element, "text-decoration"))) wrapInside(element, "del");
  }
  for (const mark of all(body, ":is(h1,h2,h3,h4,h5,h6,th) :is(b,strong), :is(b,strong) :is(b,strong)")) unwrap(mark);
  for (const span of all(body, "span, font")) unwrap(span);
  body.normalize();
}

/** What has no words is no heading and no emphasis; two bold pieces side by side are one. */
function emptyMarks(body) {
  for (const mark of all(body, "b, strong, em, i, del, s, a, h1, h2, h3, h4, h5, h6")) {
    if (!mark.textContent.trim()) unwrap(mark);
  }
  for (const mark of all(body, "b, strong, em, i")) {
    const next = mark.nextSibling;
    if (next?.nodeType === 1 && next.localName === mark.localName) {
      next.prepend(...mark.childNodes);
      mark.remove();
    }
  }
}

/** The first line of a table is its head; a cell is one line; a table of one cell is a text. */
function tables(body) {
  for (const table of all(body, "table")) {
    if (table.querySelectorAll("td, th").length < 2) {
      rename(table, "p").replaceChildren(table.textContent.trim());
      continue;
    }
    for (const cell of table.querySelectorAll("td, th")) oneLine(cell);
    const [head, ...others] = table.rows;
    for (const cell of [...head.cells]) headOf(cell);
    for (const [place, cell] of [...head.cells].entries()) alignAs(cell, others.map((line) => line.cells[place]?.align));
  }
}

/** A column stands as most of its cells do. */
function alignAs(head, aligns) {
  const align = aligns.find((one) => one && aligns.filter((other) => other === one).length * 2 > aligns.length);
  if (align) head.align = align;
}

/** A heading is bold anyhow. */
function headOf(cell) {
  const head = rename(cell, "th");
  withAlign(head, cell);
  for (const mark of head.querySelectorAll("b, strong")) unwrap(mark);
}

function oneLine(cell) {
  withAlign(cell, cell);
  for (const block of cell.querySelectorAll("p, div, li, ul, ol, h1, h2, h3, h4, h5, h6, br")) {
    block.before(" ");
    block.after(" ");
    if (block.localName === "br") block.remove();
    else unwrap(block);
  }
  cell.normalize();
  // Blanks at the edges and runs of them, no-break ones of empty cells included.
  if (!cell.textContent.trim()) cell.replaceChildren();
}

function withAlign(cell, styled) {
  const align = styleOf(styled, "text-align") || styled.getAttribute("align") || "";
  if (/^(right|center)$/.test(align)) cell.setAttribute("align", align);
  else cell.removeAttribute("align");
  if (styled.colSpan > 1) cell.colSpan = styled.colSpan;
}

/** Only addresses of the web lead anywhere; Google's detour is taken out. */
function links(body) {
  for (const link of all(body, "a")) {
    const address = link.getAttribute("href") ?? "";
    const detour = /^https?:\/\/www\.google\.[a-z.]+\/url\?/.test(address) && new URL(address).searchParams.get("q");
    if (KEPT_LINK.test(detour || address)) link.setAttribute("href", detour || address);
    else unwrap(link);
  }
}

/** Paragraphs in items would make the list loose. */
function blocksInItems(body) {
  for (const paragraph of all(body, "li > p, li > div")) {
    if (paragraph.previousElementSibling?.localName === "p") paragraph.before(paragraph.ownerDocument.createElement("br"));
    unwrap(paragraph);
  }
}
