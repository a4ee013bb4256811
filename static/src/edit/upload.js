// A file that somebody gave: its card, its way to the server, and what becomes of it.
import { say } from "./places.js";
import { smaller } from "./shrink.js";
import { Cancelled, Transfer } from "./transfer.js";
import { begunBefore, note } from "./unfinished.js";
import { given, sizeInWords, template, told } from "./upload_words.js";

const AT_ONCE = 2;
const waiting = [];
let under = 0;

async function inTurn(run) {
  if (under >= AT_ONCE) await new Promise((resolve) => waiting.push(resolve));
  under += 1;
  try {
    return await run();
  } finally {
    under -= 1;
    waiting.shift()?.();
  }
}

// One after the other, as each makes a new version of the change.
let finishing = Promise.resolve();

// One at a time, too: a telephone has no memory for ten open photos.
let preparing = Promise.resolve();

function prepared(file) {
  preparing = preparing.then(() => smaller(file).catch(() => ({ blob: file, name: file.name })));
  return preparing;
}

let breakIsSaid = false;

/** Its state: "waiting", "sending", "whole", "here" (a file of the change); "failed", "cancelled". */
export class Upload {
  /** `base`: where uploads of the change go. `list`: where its card stands. `home`: what has the focus when no card is left. */
  constructor(base, name, list, home) {
    Object.assign(this, { base, name, home, state: "waiting", onchange() {} });
    this.card = template("upload-card");
    this.part(".name").textContent = name;
    this.part("progress").setAttribute("aria-label", name);
    this.part("[data-cancel] .vh").textContent += name;
    this.part("[data-cancel]").addEventListener("click", () => this.cancel());
    list.append(this.card);
  }

  part(selector) {
    return this.card.querySelector(selector);
  }

  get isUnderWay() {
    return this.state === "waiting" || this.state === "sending";
  }

  /** Sends the file; resolves when the server has it all, or when it failed or was cancelled. */
  async send(file, onBegunBefore = () => {}) {
    this.tell("preparing");
    const made = await prepared(file);
    if (this.state === "cancelled") return;
    this._show(made);
    if (made.blob.size > Number(given.limit)) return this.fail(told("tooLarge", { size: sizeInWords(made.blob.size) }));
    if (!made.blob.size) return this.fail(told("empty"));
    const before = await begunBefore(this.base, file, made.name, made.blob.size);
    if (this.state === "cancelled") return;
    if (before) onBegunBefore(before);
    this.follow(before ?? { name: made.name, size_bytes: made.blob.size });
    this.noted = file;
    this.tell("queued");
    await this._try(() => inTurn(() => this._transfer(made.blob)));
  }

  _show(made) {
    if (made.thumbnail) this.card.prepend(made.thumbnail);
    if (!made.before) return;
    this.part(".size").textContent = told("smaller", { before: sizeInWords(made.before), after: sizeInWords(made.blob.size) });
  }

  async _transfer(blob) {
    if (this.state === "cancelled") return;
    this.state = "sending";
    await this.transfer.send(blob);
    this.arrived();
  }

  /** Goes on with what the server has of it. */
  follow(begun) {
    this.transfer = new Transfer(this.base, begun, (reason) => this._moved(reason));
  }

  arrived() {
    this.state = "whole";
    this._moved("");
    say(told("arrived", { name: this.name }));
    this.onchange();
  }

  /** Makes what is whole a file of the change; what the server says of it, undefined where it cannot be. */
  finish(words) {
    this.part(".fault").hidden = true;
    finishing = finishing.then(() => this._try(() => this.transfer.finish(words)));
    return finishing.then((answer) => {
      if (answer) this._isHere();
      return answer;
    });
  }

  _isHere() {
    this.state = "here";
    this.tell("here");
    this.part("progress").hidden = this.part("[data-cancel]").hidden = true;
    say(`${this.name}: ${told("here")}`);
  }

  /** Takes it back; what arrived is thrown away. */
  cancel() {
    this.state = "cancelled";
    this.transfer?.cancel();
    this.leave();
    say(told("cancelled", { name: this.name }));
    this.onchange();
  }

  /** Takes the card out of the page, and the focus to the next one. */
  leave() {
    const next = this.card.nextElementSibling ?? this.card.previousElementSibling;
    if (this.card.contains(document.activeElement)) (next?.querySelector("[data-cancel]") ?? this.home).focus();
    this.card.remove();
  }

  fail(message) {
    if (this.state !== "whole") this.state = "failed";
    this.part(".state").textContent = "";
    this.part("progress").hidden = this.part(".said").hidden = this.state === "failed";
    this.part(".fault").hidden = false;
    this.part(".fault span").textContent = message;
    say(`${this.name}: ${message}`);
    this.onchange();
  }

  tell(what, values) {
    this.part(".state").textContent = told(what, values);
  }

  async _try(run) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof Cancelled)) this.fail(error.said ? error.message : told("failed"));
      return undefined;
    }
  }

  /** More has arrived, or the line broke ("offline", "down", "out"). */
  _moved(reason) {
    const { received, size, id, isWhole } = this.transfer;
    if (id && this.noted) note(id, this.noted);
    Object.assign(this.part("progress"), { max: size, value: received });
    const numbers = { received: sizeInWords(received), size: sizeInWords(size) };
    if (reason) this.part(".state").textContent = `${told("sent", numbers)} ${told(reason)}`;
    else this.tell(isWhole ? "whole" : "sent", numbers);
    if (reason && !breakIsSaid) say(told(reason));
    breakIsSaid = Boolean(reason);
  }
}
