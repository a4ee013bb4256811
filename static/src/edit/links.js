// Links are picked by typing a title; what is sent is the page's address, a draft's id, or a title not written yet.
import { asker, everywhere, words } from "./places.js";
import { pickByTyping } from "./combobox.js";

const partOf = (slot, part) =>
  slot.closest(".row").querySelector(`[name="${slot.name.replace(/\.page$/, `.${part}`)}"]`);

everywhere("input[data-links]", (slot) => {
  const box = slot.cloneNode();
  for (const attribute of ["name", "list", "data-links", "data-title"]) box.removeAttribute(attribute);
  box.value = slot.dataset.title || slot.value;
  slot.before(box);
  slot.type = "hidden";
  slot.removeAttribute("id");
  const ask = asker();

  async function offer(text) {
    if (!text) return undefined;
    const types = slot.dataset.links.split(" ").map((type) => `&type=${type}`).join("");
    const answer = await ask(`/search/suggest?drafts=1&q=${encodeURIComponent(text.slice(0, 100))}${types}`);
    const wanted = { title: text, type_label: words.notThere, wanted: text };
    return [...(answer?.items ?? []), wanted];
  }

  function set(page, change, title) {
    slot.value = page;
    slot.dataset.title = box.value = title;
    partOf(slot, "change").value = change;
    slot.dispatchEvent(new Event("input", { bubbles: true }));
    slot.dispatchEvent(new Event("change", { bubbles: true }));
  }

  pickByTyping(box, {
    offer,
    chosen(option) {
      const { slug, change, title, wanted } = option.dataset;
      set(slug ?? "", change ?? "", wanted ? "" : title);
      const place = partOf(slot, "wanted");
      place.value = wanted ?? "";
      if (wanted) place.focus();
    },
  });
  // What was typed and not chosen is sent as it is: the server says what it makes of it.
  box.addEventListener("input", () => {
    slot.value = box.value.trim();
    slot.dataset.title = box.value;
    partOf(slot, "change").value = "";
  });
});

/** The questions of the page that was chosen, to choose one of them. */
everywhere("input[data-rows]", (input) => {
  const slot = input.closest(".row").querySelector("[data-links]");
  const ask = asker();
  let place = input;

  async function offer() {
    const change = partOf(slot, "change").value;
    const page = change ? `change=${change}` : slot.value && `page=${encodeURIComponent(slot.value)}`;
    const answer = page ? await ask(`/search/rows?field=${input.dataset.rows}&${page}`) : undefined;
    swap(answer?.items.length ? choiceOf(answer.items) : input);
  }

  function swap(other) {
    if (other === place) return;
    other.id = place.id;
    other.name = place.name;
    other.value = place.value;
    place.replaceWith(other);
    place = other;
  }

  function choiceOf(items) {
    const choice = document.createElement("select");
    choice.append(new Option(words.choose, ""), ...items.map(({ id, text }) => new Option(`${id}: ${text}`, id)));
    if (place.value && !items.some(({ id }) => id === place.value)) choice.append(new Option(place.value, place.value));
    return choice;
  }

  slot.addEventListener("change", offer);
  offer();
});
