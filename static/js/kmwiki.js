// Small comforts. Everything works without this file; nothing that is essential may come here.

document.documentElement.classList.add("scripted");

const said = document.createElement("p");
said.className = "vh";
said.setAttribute("role", "status");
document.body.append(said);

function showAnswer(button) {
  const words = button.dataset.done;
  if (!words) return;
  const label = button.querySelector("span") ?? button;
  const before = label.textContent;
  label.textContent = words;
  said.textContent = words;
  setTimeout(() => { label.textContent = before; said.textContent = ""; }, 2500);
}

/** data-copy="text": copies it. */
async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  showAnswer(button);
}

/** data-share="text" data-title data-url: the phone's own share sheet, or a copy where there is none. */
async function share(button) {
  const { title, url, share: text } = button.dataset;
  if (navigator.share) {
    await navigator.share({ title, url, text });
  } else {
    await navigator.clipboard.writeText(text);
    showAnswer(button);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-share], [data-print]");
  if (button) {
    const act = "copy" in button.dataset ? copy : "share" in button.dataset ? share : () => window.print();
    // A person who closes the share sheet, or a browser without clipboard rights, is no error.
    Promise.resolve(act(button)).catch(() => {});
  }
  closeMenus((menu) => !menu.contains(event.target));
});

function closeMenus(which) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (which(menu)) menu.open = false;
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details.menu[open]");
  closeMenus(() => true);
  menu?.querySelector("summary").focus();
});

/** data-wide: folded on a phone, unfolded where there is room beside the text. */
if (matchMedia("(min-width: 62em)").matches) {
  for (const part of document.querySelectorAll("details[data-wide]")) part.open = true;
}

/** Letters without accents, so that "cote" finds Côte d'Ivoire. */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/’/g, "'").toLowerCase();

/** A long list of choices gets a box that narrows it; what is ticked stays in sight. Arrows go through the list. */
const listOf = (box) => document.getElementById(box.dataset.filters);
const inSight = (list) => [...list.querySelectorAll("label:not([hidden]) input")];

document.addEventListener("input", ({ target: box }) => {
  if (!box.dataset?.filters) return;
  const wanted = plain(box.value.trim());
  const list = listOf(box);
  for (const tick of list.querySelectorAll("label")) {
    const words = plain(`${tick.textContent} ${tick.dataset.words ?? ""}`);
    tick.hidden = !tick.querySelector("input").checked && !words.includes(wanted);
  }
  for (const group of list.querySelectorAll("[role=group]")) {
    group.hidden = !group.querySelector("label:not([hidden])");
  }
});

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  const list = target.dataset?.filters ? listOf(target) : target.type === "checkbox" && target.closest(".choices.long");
  if (!list || !["Enter", "Escape", "ArrowDown", "ArrowUp"].includes(key) || (key === "Enter" && !target.dataset.filters)) return;
  event.preventDefault(); // Enter in the box must not send the form
  const ticks = inSight(list);
  if (key === "Escape" && target.dataset.filters) {
    target.value = "";
    target.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (key.startsWith("Arrow")) {
    const at = ticks.indexOf(target) + (key === "ArrowDown" ? 1 : -1);
    (at < 0 ? document.querySelector(`[data-filters="${list.id}"]`) : ticks[Math.min(at, ticks.length - 1)])?.focus();
  }
});

/** A ready reason is put into the box beside it, where it can be completed. */
document.addEventListener("change", (event) => {
  const choice = event.target.closest("select[data-fills]");
  const box = choice && document.getElementById(choice.dataset.fills);
  if (box && choice.value) box.value = box.value ? `${box.value}\n${choice.value}` : choice.value;
});

/** Signing out forgets what this browser has kept of the account's texts, once the server has confirmed it. */
const LEAVING = "kmwiki.leaving";

function noteLeaving(event) {
  const { account } = event.target.dataset;
  const isSignOut = event.target.getAttribute("action") === "/account/logout";
  if (account && isSignOut && !event.defaultPrevented) localStorage.setItem(LEAVING, account);
}

function forgetTextsOfWhoLeft() {
  const account = localStorage.getItem(LEAVING);
  if (!account) return;
  localStorage.removeItem(LEAVING);
  if (document.querySelector(`form[data-account="${CSS.escape(account)}"]`)) return;
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(`kmwiki.text.${account}.`)) localStorage.removeItem(key);
  }
}

try {
  forgetTextsOfWhoLeft();
  document.addEventListener("submit", noteLeaving);
} catch {
  // A browser that keeps nothing has nothing to forget.
}
