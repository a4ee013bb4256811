// Cards are added, moved, copied and removed in the page; the buttons mean what they mean to the server without script.
import { cardCame, form, piece, say, told } from "./places.js";

const BUTTON = /^(?<field>[a-z0-9_-]+)\.(?:(?<add>add)|[^.]+\.(?<verb>up|down|duplicate|remove))$/;
const NUMBERED = ["name", "id", "for", "list", "aria-labelledby", "aria-describedby", "aria-controls", "data-filters"];

const cardsOf = (box) => [...box.children].filter((child) => child.matches(".row"));
const buttonOf = (card, verb) => card.querySelector(`:scope > .head [name$=".${verb}"]`);

/** Names and ids of a card for its new place: needs.3.question, f-needs-3-question. */
function number(card, field, place) {
  const id = new RegExp(`(^|\\s)f-${field}-[^-\\s]+(?=[-\\s]|$)`, "g");
  const name = new RegExp(`^${field}\\.[^.]+\\.`);
  for (const element of [card, ...card.querySelectorAll("*")]) {
    for (const attribute of NUMBERED) {
      const value = element.getAttribute(attribute);
      if (!value || value.startsWith("offer")) continue;
      element.setAttribute(attribute, attribute === "name" ? value.replace(name, `${field}.${place}.`) : value.replace(id, `$1f-${field}-${place}`));
    }
    if ("number" in element.dataset) element.textContent = place + 1;
  }
}

/** Number the cards anew, as form_input.after_button does. */
function renumber(box) {
  const { cards: field } = box.dataset;
  const cards = cardsOf(box);
  // In two steps: radio buttons of two cards must never have one name, not even for a moment.
  cards.forEach((card, place) => number(card, field, 100000 + place));
  cards.forEach((card, place) => {
    number(card, field, place);
    buttonOf(card, "up").hidden = place === 0;
    buttonOf(card, "down").hidden = place === cards.length - 1;
  });
  box.dispatchEvent(new Event("input", { bubbles: true })); // for whoever keeps what is typed
  box.dispatchEvent(new CustomEvent("kmwiki:rows", { bubbles: true }));
}

const emptyCard = (box) =>
  document.querySelector(`template[data-card="${box.dataset.cards}"]`).content.firstElementChild.cloneNode(true);

function put(box, card, after) {
  if (after) after.after(card);
  else box.append(card);
  renumber(box);
  cardCame(card);
  card.querySelector(".columns-of :is(input:not([type=hidden]), textarea, select)").focus();
  say(told("added", placeOf(box, card)));
}

const placeOf = (box, card) => ({ number: cardsOf(box).indexOf(card) + 1, total: cardsOf(box).length });

/** The answers of one card in another; its hidden ids stay behind: a copy is a row of its own. */
function fill(card, from) {
  const rest = (control) => control.name.split(".").slice(2).join(".");
  for (const control of from.querySelectorAll("[name]:not(button)")) {
    const twins = [...card.querySelectorAll("[name]:not(button)")].filter((other) => rest(other) === rest(control));
    const twin = twins.length > 1 ? twins.find((other) => other.value === control.value) : twins[0];
    if (!twin) continue;
    if (control.matches("[type=checkbox], [type=radio]")) twin.checked = control.checked;
    else if (twin.localName === control.localName || control.localName !== "select") twin.value = control.value;
    else twin.value = control.selectedOptions[0]?.value ?? "";
    if (control.dataset.title !== undefined) twin.dataset.title = control.dataset.title;
  }
}

const verbs = {
  up(box, card) { move(box, card, card.previousElementSibling, "before", "up"); },
  down(box, card) { move(box, card, card.nextElementSibling, "after", "down"); },
  duplicate(box, card) {
    const copy = emptyCard(box);
    fill(copy, card);
    put(box, copy, card);
  },
  remove(box, card) {
    const gone = piece("removed-row");
    card.replaceWith(gone);
    renumber(box);
    const undo = gone.querySelector("button");
    undo.focus();
    say(told("removed", {}));
    undo.addEventListener("click", () => {
      gone.replaceWith(card);
      renumber(box);
      buttonOf(card, "remove").focus();
      say(told("back", placeOf(box, card)));
    });
  },
};

function move(box, card, other, where, verb) {
  let neighbour = other;
  while (neighbour && !neighbour.matches(".row")) neighbour = where === "before" ? neighbour.previousElementSibling : neighbour.nextElementSibling;
  neighbour?.[where](card);
  renumber(box);
  const button = buttonOf(card, verb);
  (button.hidden ? buttonOf(card, verb === "up" ? "down" : "up") : button).focus();
  say(told("moved", placeOf(box, card)));
}

form?.addEventListener("click", (event) => {
  const button = event.target.closest("button[name]");
  const pressed = button && BUTTON.exec(button.name)?.groups;
  const box = pressed && form.querySelector(`[data-cards="${pressed.field}"]`);
  if (!box) return;
  event.preventDefault();
  if (pressed.add) put(box, emptyCard(box));
  else verbs[pressed.verb](box, button.closest(".row"));
});
