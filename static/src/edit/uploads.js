// The page of a change's files: files dropped, pasted or chosen travel at once, each with its own questions.
// The form may be sent while they travel; each is added when it is whole. Without script the form does it all.
import "./pictures_in_text.js";
import { isPicture, saidFields, saidIn } from "./file_words.js";
import { say } from "./places.js";
import { unfinished } from "./unfinished.js";
import { Upload } from "./upload.js";
import { sizeInWords, told } from "./upload_words.js";

class Adding {
  constructor(form) {
    this.form = form;
    this.base = form.dataset.uploads;
    this.chooser = form.querySelector("input[type=file]");
    this.shared = form.querySelector("[data-shared]");
    this.status = form.querySelector("[data-waiting]");
    this.list = document.createElement("ul");
    this.list.className = "uploads";
    this.chooser.closest(".item").after(this.list);
    this.uploads = [];
  }

  /** What was not finished before waits for its file; what is whole waits for its words alone. */
  async showUnfinished() {
    for (const begun of await unfinished(this.base)) {
      const upload = this._card(begun.name);
      upload.begun = begun;
      upload.follow(begun);
      if (upload.transfer.isWhole) { upload.arrived(); continue; }
      upload.part("progress").max = begun.size_bytes;
      upload.part("progress").value = begun.received;
      upload.tell("again", { received: sizeInWords(begun.received), size: sizeInWords(begun.size_bytes) });
    }
    if (this.chooser.files.length) this.take([...this.chooser.files]); // some browsers bring them back after a reload
  }

  take(files) {
    this.chooser.value = "";
    for (const file of files) this._takeOne(file);
    if (files.length) say(told("taken", { number: files.length }));
  }

  async _takeOne(file) {
    const upload = this._card(file.name);
    await upload.send(file, (made) => this._adopt(made, upload));
  }

  /** A card that waited for this file gives it what it has, and goes. */
  _adopt(begun, upload) {
    const waited = this.uploads.find((one) => one.begun?.id === begun.id && one !== upload);
    if (!waited) return;
    for (const [name, value] of Object.entries(saidIn(waited.card))) {
      const field = upload.card.querySelector(`[name=${name}]`);
      if (field && value) field.value = value;
    }
    this._drop(waited);
    waited.leave();
  }

  _card(name) {
    const upload = new Upload(this.base, name, this.list, this.chooser);
    upload.part(".said").append(saidFields(isPicture(name)));
    this._fill(upload.card, this.uploads.at(-1)?.card ?? this.shared, !this.uploads.length);
    upload.onchange = () => this._changed(upload);
    this.uploads.push(upload);
    this.shared.hidden = true;
    return upload;
  }

  /** Whose it is and how it may be used is mostly the same; what it shows is not. */
  _fill(card, from, isFirst) {
    const given = saidIn(from);
    for (const name of isFirst ? Object.keys(given) : ["credit", "licence"]) {
      const field = card.querySelector(`[name=${name}]`);
      if (field && given[name]) field.value = given[name];
    }
  }

  _drop(upload) {
    this.uploads = this.uploads.filter((one) => one !== upload);
    this.shared.hidden = this.uploads.length > 0;
  }

  _changed(upload) {
    if (upload.state === "cancelled") this._drop(upload);
    this._add();
  }

  /** The form was sent: what is whole is added now, the rest when it is whole. */
  send() {
    const asked = this.uploads.filter((one) => !this._lacksItsFile(one));
    for (const upload of asked) upload.isWanted = true;
    if (!asked.length) {
      say(told("chooseAgain"));
      this.chooser.focus();
    }
    this._add();
  }

  async _add() {
    const ready = this.uploads.filter((one) => one.isWanted && one.state === "whole");
    await Promise.all(ready.map((upload) => this._finish(upload)));
    const number = this.uploads.filter((one) => one.isWanted && one.isUnderWay).length;
    this.status.textContent = number ? told("addedLater", { number }) : "";
    const open = this.uploads.filter((one) => one.state !== "here" && !this._lacksItsFile(one));
    if (ready.length && !open.length) location.replace(location.pathname); // where they stand with all that is said of them
  }

  /** Where it is refused, it waits until the form is sent again. */
  async _finish(upload) {
    upload.isWanted = false;
    const answer = await upload.finish(() => saidIn(upload.card));
    if (answer) upload.part(".said").hidden = true;
  }

  /** Begun before a reload: its file has to be chosen again. */
  _lacksItsFile(upload) {
    return Boolean(upload.begun) && upload.state === "waiting";
  }
}

function listen(adding) {
  const { form } = adding;
  adding.chooser.addEventListener("change", () => adding.take([...adding.chooser.files]));
  form.addEventListener("submit", (event) => {
    if (!adding.uploads.length) return;
    event.preventDefault();
    adding.send();
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || event.clipboardData.getData("text/plain").trim()) return;
    event.preventDefault();
    adding.take(files);
  });
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    form.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("dropping"); });
  document.addEventListener("drop", (event) => {
    form.classList.remove("dropping");
    if (!hasFiles(event)) return;
    event.preventDefault();
    adding.take([...event.dataTransfer.files]);
  });
  addEventListener("beforeunload", (event) => {
    if (adding.uploads.some((one) => one.isUnderWay && !(one.begun && one.state === "waiting"))) event.preventDefault();
  });
}

const form = document.querySelector("form[data-uploads]:not(#page-form)");
if (form) {
  const adding = new Adding(form);
  listen(adding);
  adding.showUnfinished();
}
