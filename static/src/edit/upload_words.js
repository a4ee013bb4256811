// Words and pieces for uploads, from templates/components/uploads.html.

const tools = document.getElementById("upload-tools");

/** The data attributes of #upload-tools. */
export const given = tools?.dataset;

export const told = (name, values = {}) => given[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);

export const template = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

/** "48 KB", "1.2 MB", as the server says it. */
export function sizeInWords(bytes) {
  const kilobytes = Math.max(bytes ? 1 : 0, Math.round(bytes / 1000));
  return kilobytes < 1000 ? told("kb", { number: kilobytes }) : told("mb", { number: inLanguage(kilobytes / 1000) });
}

function inLanguage(number) {
  return number.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}
