// "As readers see it": the text as the server would publish it, in place of the field.
import { asker, everywhere, form, words } from "./places.js";

everywhere("textarea[data-markdown]", (area) => {
  const tabs = area.previousElementSibling.querySelector("[role=tablist]");
  const [write, look] = tabs.children;
  const pane = document.createElement("div");
  pane.className = "looked-at prose";
  pane.hidden = true;
  pane.tabIndex = 0;
  area.after(pane);
  tieTogether();

  const ask = asker();
  let shown;

  function tieTogether() {
    pane.id = `${area.id}-seen`;
    write.id = `${area.id}-write`;
    look.id = `${area.id}-look`;
    pane.setAttribute("role", "tabpanel");
    pane.setAttribute("aria-labelledby", look.id);
    look.setAttribute("aria-controls", pane.id);
    write.setAttribute("aria-controls", area.id);
  }

  async function show() {
    if (shown === area.value) return;
    shown = area.value;
    pane.setAttribute("aria-busy", "true");
    const answer = await ask(form.dataset.preview, { method: "POST", body: sent() });
    pane.setAttribute("aria-busy", "false");
    if (answer) pane.innerHTML = answer.html; // made and sanitised by the server, as for readers
    else { pane.textContent = words.noPreview; shown = undefined; }
    pane.lang = form.elements.language?.value ?? "";
    pane.dir = "auto";
  }

  function sent() {
    const data = new FormData();
    data.set("csrf_token", form.elements.csrf_token.value);
    data.set("field", area.name);
    data.set("text", area.value);
    return data;
  }

  function choose(tab) {
    const looks = tab === look;
    for (const each of [write, look]) {
      each.setAttribute("aria-selected", String(each === tab));
      each.tabIndex = each === tab ? 0 : -1;
    }
    if (looks) pane.style.minHeight = `${Math.min(area.offsetHeight || 200, 400)}px`;
    area.hidden = looks;
    pane.hidden = !looks;
    tabs.parentElement.classList.toggle("looks", looks);
    if (looks) show();
  }

  tabs.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) { choose(tab); tab.focus(); }
  });
  tabs.addEventListener("keydown", (event) => {
    if (!["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const other = event.target === write ? look : write;
    const tab = event.key === "Home" ? write : event.key === "End" ? look : other;
    choose(tab);
    tab.focus();
  });
  // Whoever is led to the field from elsewhere wants to write.
  document.querySelector(`label[for="${area.id}"]`)?.addEventListener("click", () => choose(write));
});
