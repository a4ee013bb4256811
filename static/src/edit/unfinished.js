// What the server has of files from before a reload, and which file of this person's device each of them was.
import { call } from "./upload_calls.js";
import { given } from "./upload_words.js";

const keyOf = (id) => `kmwiki.upload.${id}`;
const known = {};

/** This person's uploads to the change that were begun and not finished. */
export function unfinished(base) {
  known[base] ??= call("GET", base).then((answer) => answer.uploads, () => []);
  return known[base];
}

/** The one of them that these bytes of the file belong to; it belongs to nothing else then. */
export async function begunBefore(base, file, name, size) {
  const found = await unfinished(base);
  const at = found.findIndex((one) => one.name === name && one.size_bytes === size && mayBe(one.id, file));
  return at < 0 ? undefined : found.splice(at, 1)[0];
}

/** Remembers in this tab which file it is: two of one name and size may differ. */
export function note(id, file) {
  if ("shared" in given) return;
  try {
    sessionStorage.setItem(keyOf(id), `${file.size} ${file.lastModified}`);
  } catch {
    // A browser that keeps nothing: then name and size must do.
  }
}

function mayBe(id, file) {
  try {
    const noted = sessionStorage.getItem(keyOf(id));
    return !noted || noted === `${file.size} ${file.lastModified}`;
  } catch {
    return true;
  }
}
