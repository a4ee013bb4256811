// Text of this form that this browser kept because the site could not be reached: offered when the form opens again.
import { dropText, numberOf, textsOf, windowOf } from "./browser_texts.js";
import { answersOf, entriesOf } from "./form_text.js";

/** `stamp` is that of the text that the server has; `keepTyped` keeps what is typed before another text takes its place. */
export function offerTexts(form, stamp, keepTyped) {
  const { place, account } = form.dataset;
  forgetWhatIsHere(form, account, stamp);
  const [text] = textsOf(account, place);
  const box = document.getElementById("in-browser");
  if (!text || !box) return;
  const words = box.querySelector("[data-newer]");
  const format = { dateStyle: "long", timeStyle: "short", hourCycle: "h23" };
  const when = new Date(text.at).toLocaleString(document.documentElement.lang, format);
  const isNewer = text.at > Number(form.dataset.at);
  words.textContent = words.dataset[isNewer ? "newer" : "older"].replace("{when}", when);
  box.hidden = false;
  box.addEventListener("click", (event) => {
    if (event.target.value === "use") use(form, text, stamp, keepTyped);
    if (event.target.value === "drop") {
      dropText(account, place, text.stamp);
      box.hidden = true;
    }
  });
}

/** Texts that the form shows already: the server had taken them, or they were saved by another way. */
function forgetWhatIsHere(form, account, stamp) {
  const shown = answersOf(entriesOf(form));
  for (const text of textsOf(account, "")) {
    const isKnown = windowOf(text.stamp) === windowOf(stamp) && numberOf(text.stamp) <= numberOf(stamp);
    if (isKnown || answersOf(text.entries) === shown) dropText(account, text.place, text.stamp);
  }
}

/** The server keeps the text and draws the form with it: no form is filled in by script. */
async function use(form, text, stamp, keepTyped) {
  keepTyped();
  const body = new URLSearchParams(text.entries);
  body.set("csrf_token", form.elements.csrf_token.value);
  body.set("account", text.account);
  body.set("seen", form.elements.stamp.value);
  body.set("stamp", text.stamp);
  const answer = await fetch(text.url, { method: "POST", body }).catch(() => null);
  if (!answer?.ok) return;
  dropText(text.account, text.place, text.stamp);
  const token = text.place.startsWith("new:") ? `?begun=${new URLSearchParams(text.entries).get("token")}` : "";
  location.assign(location.pathname + token);
}
