// Pictures that are pasted or dropped into a text: they travel while it is asked what they show, then stand in the text.
import { saidFields, saidIn } from "./file_words.js";
import { form } from "./places.js";
import { travels } from "./save_waits.js";
import { TextPlace } from "./text_place.js";
import { Upload } from "./upload.js";

const base = form?.dataset.uploads;
const dialog = document.getElementById("picture-words");
let asking = Promise.resolve();
let last = {};

function take(area, files) {
  const place = new TextPlace(area);
  const list = listAt(area);
  for (const file of files) {
    const upload = new Upload(base, file.name || "image.png", list, area);
    const isWhole = new Promise((resolve) => { upload.onchange = () => !upload.isUnderWay && resolve(); });
    upload.send(file);
    asking = asking.then(() => askAndPut(upload, isWhole, place));
  }
}

/** The cards stand under the field. */
function listAt(area) {
  const answer = area.closest(".answer, .item") ?? area.parentElement;
  let list = answer.querySelector(":scope > .uploads");
  if (!list) {
    list = document.createElement("ul");
    list.className = "uploads";
    answer.append(list);
  }
  return list;
}

async function askAndPut(upload, isWhole, place) {
  const words = upload.isUnderWay || upload.state === "whole" ? await ask(upload) : null;
  if (words) travels(upload, isWhole.then(() => put(upload, words, place)));
}

/** What is said of the picture; null where it is not wanted, or cannot be taken. */
function ask(upload) {
  const fields = dialog.querySelector(".said");
  fields.replaceChildren(saidFields(true));
  for (const name of ["credit", "licence"]) if (last[name]) fields.querySelector(`[name=${name}]`).value = last[name];
  dialog.querySelector("[data-name]").textContent = upload.name;
  dialog.returnValue = "";
  dialog.showModal();
  const { onchange } = upload;
  upload.onchange = () => {
    onchange();
    if (upload.state === "failed") dialog.close("failed");
  };
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      upload.onchange = onchange;
      resolve(answered(upload));
    }, { once: true });
  });
}

function answered(upload) {
  upload.home.focus();
  if (dialog.returnValue === "put") return last = saidIn(dialog);
  if (dialog.returnValue !== "failed") upload.cancel();
  return null;
}

/** Whether it stands in the text. */
async function put(upload, words, place) {
  const answer = upload.state === "whole" && await upload.finish(() => words);
  if (!answer) return false;
  seeNewVersion(answer);
  await noDialog();
  place.insert(answer.insert);
  upload.leave();
  return true;
}

/** The form goes on from the version with the picture, unless somebody else has saved in between. */
function seeNewVersion({ head, before }) {
  if (form.elements.head.value === before) form.elements.head.value = head;
}

async function noDialog() {
  for (let open; (open = document.querySelector("dialog[open]"));) {
    await new Promise((resolve) => open.addEventListener("close", resolve, { once: true }));
  }
}

function saySaveFirst() {
  const first = document.getElementById("save-first");
  first.addEventListener("close", () => {
    if (first.returnValue === "save") form.querySelector(".save [name=do][value=save]").click();
  }, { once: true });
  first.returnValue = "";
  first.showModal();
}

form?.addEventListener("kmwiki:pictures", (event) => {
  if (base) take(event.target, event.detail.files);
  else saySaveFirst();
});

// A file that misses the text must not be opened in place of the form.
for (const kind of form ? ["dragover", "drop"] : []) {
  document.addEventListener(kind, (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
}
