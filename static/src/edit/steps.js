// The questions of "In short" one after another: at first on phones, by choice everywhere, as the reader likes it.
// The form stays one form: what is out of sight is sent all the same.

import { isAnswered } from "./conditions.js";

const form = document.getElementById("page-form");
const bar = form?.querySelector("[data-steps]");
const part = document.getElementById("part-short");

if (bar && part) begin();

function begin() {
  const asked = [...part.querySelectorAll(":scope > .question")];
  const language = form.elements.language.closest(".item");
  const kept = [part, bar, language];
  const everythingElse = [...form.children].filter((e) => !kept.includes(e) && !e.matches("input, .save, button"));
  const [back, next, all, one] = ["back", "next", "all", "one"].map((name) => bar.querySelector(`[data-${name}]`));
  const progress = bar.querySelector("[data-progress]");
  let at = -1;

  const stepping = () => at >= 0;
  /** Those that are asked now: not the ones whose condition does not hold. */
  const questions = () => asked.filter((question) => !("idle" in question.dataset));

  function show(number, focus = true) {
    at = number;
    const now = questions();
    for (const question of asked) question.hidden = stepping() && question !== now[at];
    everythingElse.forEach((other) => { other.hidden = stepping() && !other.matches(":has(.fault)"); });
    language.hidden = at > 0;
    form.classList.toggle("stepping", stepping());
    for (const button of [back, next, all, progress]) button.hidden = !stepping();
    one.hidden = stepping();
    if (!stepping()) return;
    back.disabled = at === 0;
    next.hidden = at === now.length - 1;
    progress.textContent = progress.dataset.progress.replace("{number}", at + 1).replace("{all}", now.length);
    if (focus) reach(now[at]);
  }

  /** To where one writes, so that a phone opens its keyboard where there is one to be opened. */
  function reach(question) {
    const target = question.querySelector("input:not([type=hidden]), textarea, select, [tabindex]");
    target?.focus({ preventScroll: true });
    question.scrollIntoView({ block: "start" });
  }

  const numberOf = (place) => questions().findIndex((question) => question.contains(place));
  const remember = (way) => {
    if ("shared" in form.dataset) return;
    try { localStorage.setItem("kmwiki-steps", way); } catch { /* private window */ }
  };

  back.addEventListener("click", () => show(at - 1));
  next.addEventListener("click", () => show(at + 1));
  all.addEventListener("click", () => { const was = questions()[at]; show(-1); remember("all"); reach(was); });
  one.addEventListener("click", () => { show(first()); remember("one"); });

  /** A link to a question (the outline, the list of faults) leads to it, whatever is shown. */
  function follow() {
    const place = location.hash && document.getElementById(location.hash.slice(1));
    if (!place || !stepping()) return;
    const number = numberOf(place);
    if (number >= 0) show(number);
    else if (form.contains(place)) { show(-1); place.scrollIntoView(); }
  }
  addEventListener("hashchange", follow);

  /** The first question with a fault, else the first without an answer, else the first. */
  function first() {
    const faulty = questions().findIndex((question) => question.querySelector(".fault"));
    return faulty >= 0 ? faulty : Math.max(0, questions().findIndex((question) => !isAnswered(question)));
  }

  // The answer that a later question depends on may have changed the number of questions.
  form.addEventListener("change", () => stepping() && show(at, false));

  bar.hidden = false;
  const wished = (() => { try { return localStorage.getItem("kmwiki-steps"); } catch { return null; } })();
  const fits = wished ? wished === "one" : matchMedia("(max-width: 48em)").matches;
  show(fits && "steps" in form.dataset && !location.hash ? first() : -1, false);
}
