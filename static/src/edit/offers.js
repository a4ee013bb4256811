// Pages that are offered while somebody types, as a list of options.

let numbered = 0;

/** One option: a title, and in small letters what kind of page it is. */
export function optionOf({ title, type_label: kind, language, ...rest }) {
  const option = document.createElement("li");
  option.id = `offer-${(numbered += 1)}`;
  option.setAttribute("role", "option");
  Object.assign(option.dataset, { title, ...rest });
  const name = document.createElement("span");
  name.textContent = title;
  name.dir = "auto";
  if (language) name.lang = language;
  option.append(name);
  if (kind) {
    const small = document.createElement("small");
    small.textContent = kind;
    option.append(" ", small);
  }
  return option;
}

/** A list box with these pages. */
export function listOf(items, label) {
  const list = document.createElement("ul");
  list.className = "offers";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label);
  list.append(...items.map(optionOf));
  return list;
}
