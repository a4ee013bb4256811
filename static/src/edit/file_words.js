// The questions that are asked of each file: what it shows, who made it, how it may be used, whether people agree.
import { template } from "./upload_words.js";

const NAMES = ["alt", "credit", "licence", "consent"];
let number = 0;

export const isPicture = (name) => /\.(png|jpe?g|gif|webp|hei[cf]|avif|bmp)$/i.test(name);

/** A copy of the questions, for a picture or for another file. */
export function saidFields(ofPicture) {
  number += 1;
  const fields = template(ofPicture ? "said-of-picture" : "said-of-file");
  for (const element of fields.querySelectorAll("[id], [for], [aria-describedby]")) {
    for (const attribute of ["id", "for", "aria-describedby"]) {
      const value = element.getAttribute(attribute);
      if (value) element.setAttribute(attribute, value.trim().replace(/\bsaid-/g, `said-${number}-`));
    }
  }
  return fields;
}

/** What was answered in this part of the page. */
export function saidIn(part) {
  const found = NAMES.map((name) => [name, part.querySelector(`[name=${name}]`)?.value]);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}
