// Questions that count only where another one is answered in a certain way stay out of sight until then.
// A question that has an answer is always shown, so that nothing is hidden that will be saved.

const form = document.getElementById("page-form");
const conditional = form ? [...form.querySelectorAll(".question[data-when]")] : [];

if (conditional.length) {
  form.addEventListener("change", look);
  form.addEventListener("kmwiki:rows", look);
  look();
}

function look() {
  for (const question of conditional) {
    const idle = !holds(question.dataset) && !isAnswered(question);
    question.toggleAttribute("data-idle", idle);
  }
}

/** Whether an answer of the other question is one of `any`, or none of `none` (codes, separated by spaces). */
function holds({ when, whenColumn, whenAny, whenNone }) {
  const any = whenAny?.split(" ").filter(Boolean) ?? [];
  const none = whenNone?.split(" ").filter(Boolean) ?? [];
  return codesOf(when, whenColumn).some((code) => (!any.length || any.includes(code)) && !none.includes(code));
}

function codesOf(field, column) {
  const isIts = (name) => (column ? name.startsWith(`${field}.`) && name.endsWith(`.${column}`) : name === field);
  return [...new FormData(form)].filter(([name, value]) => isIts(name) && value).map(([, value]) => value);
}

export function isAnswered(question) {
  return [...question.querySelectorAll("input:not([type=hidden]), textarea, select")].some((input) =>
    input.type === "checkbox" || input.type === "radio" ? input.checked && input.value : input.value.trim());
}
