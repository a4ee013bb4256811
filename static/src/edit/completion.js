// "[[" offers the titles of published pages, and puts the link in.
import TextExpanderElement from "@github/text-expander-element/dist/text-expander-element.js";
import { InputStyleClone } from "dom-input-range";
import { asker, everywhere, insert, words } from "./places.js";
import { listOf } from "./offers.js";

customElements.define("text-expander", TextExpanderElement);

const ask = asker();

async function offered(text) {
  const answer = text.trim() && !text.includes("]]") && !text.includes("|")
    ? await ask(`/search/suggest?q=${encodeURIComponent(text.trim().slice(0, 100))}`)
    : undefined;
  if (!answer?.items.length) return { matched: false };
  return { matched: true, fragment: listOf(answer.items, words.pages) };
}

/** Brackets and bars would end the link early. */
const wordsOfLink = (title) => title.replace(/[[\]|\n]+/g, " ").trim();

everywhere("textarea[data-markdown]", (area) => {
  const expander = document.createElement("text-expander");
  expander.setAttribute("keys", "[[");
  expander.setAttribute("multiword", "[[");
  // It looks for its field when it comes into the page.
  const pane = area.nextElementSibling;
  const place = area.parentElement;
  expander.append(area);
  place.insertBefore(expander, pane);
  expander.addEventListener("text-expander-change", ({ detail }) => detail.provide(offered(detail.text)));
  expander.addEventListener("text-expander-value", (event) => {
    // Its own way of putting text in cannot be taken back with Ctrl+Z.
    event.preventDefault();
    const { slug, title } = event.detail.item.dataset;
    const at = area.selectionEnd;
    const closed = area.value.startsWith("]]", at) ? 2 : 0;
    insert(area, `[[${slug}|${wordsOfLink(title)}]]`, area.value.lastIndexOf("[[", at - 1), at + closed);
    expander.dismiss();
  });
  // The copy of the field that measures where the list stands would be laid out again with every key.
  expander.addEventListener("text-expander-deactivate", () => InputStyleClone.for(area).disconnect());
});
