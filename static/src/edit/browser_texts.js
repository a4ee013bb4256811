// What this browser keeps of texts that have not reached the site: by account, form and window.
// Signing out forgets those of the account (kmwiki.js); on a shared computer nothing is kept at all.

const PREFIX = "kmwiki.text.";

const keyOf = (account, place, window) => `${PREFIX}${account}.${place}.${window}`;

/** Keeps a text; false where the browser has no room, or does not want to keep anything. */
export function keepText(account, place, text) {
  try {
    localStorage.setItem(keyOf(account, place, windowOf(text.stamp)), JSON.stringify(text));
    return true;
  } catch {
    return false;
  }
}

export function dropText(account, place, stamp) {
  try {
    localStorage.removeItem(keyOf(account, place, windowOf(stamp)));
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

/** The texts of this account's form, the newest first; with "" as place, those of all its forms. */
export function textsOf(account, place) {
  const found = [];
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(`${PREFIX}${account}.${place}`)) continue;
      const text = JSON.parse(localStorage.getItem(key));
      if (!place || text.place === place) found.push(text);
    }
  } catch {
    return [];
  }
  return found.sort((one, other) => other.at - one.at);
}

export const windowOf = (stamp) => stamp.split(".")[0];
export const numberOf = (stamp) => Number(stamp.split(".")[1] ?? 0);
