// What a form holds, as it is sent.

/** Sent along, and no part of what somebody typed. */
const ALONG = new Set(["csrf_token", "stamp", "head"]);

export const entriesOf = (form) => [...new FormData(form)].filter(([, value]) => typeof value === "string");

/** The same for the same answers. */
export const textOf = (form) => JSON.stringify(entriesOf(form).filter(([name]) => !ALONG.has(name)));

/** What the server had put into the form: a browser may have filled in what was typed before a reload. */
export function textAsServed(form) {
  const copy = form.cloneNode(true);
  copy.reset();
  return textOf(copy);
}

/** Answers alone, without what a save adds (numbers of rows, tokens): the same where nothing would be lost. */
export function answersOf(entries) {
  const typed = entries.filter(([name, value]) => value && !ALONG.has(name) && !/^token$|\.u?id$/.test(name));
  return JSON.stringify(typed.map(([name, value]) => [name, value.replaceAll("\r\n", "\n")]).sort());
}
