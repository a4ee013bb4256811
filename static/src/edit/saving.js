// Saving that never loses a word. What is typed is sent to the server while it is typed, and stays in this browser as
// long as the server does not have it.
import { dropText, keepText } from "./browser_texts.js";
import { entriesOf, textAsServed, textOf } from "./form_text.js";
import { offerTexts } from "./kept_in_browser.js";
import { ServerCopy } from "./server_copy.js";
import { StatusLine } from "./status_line.js";

const QUIET_MS = 2000; // after the last key
const LONGEST_MS = 10000; // while typing goes on
const BROWSER_MS = 300;
const RETRY_MS = 10000;
const SLOW_MS = 1500; // before the line says that it is saving
const LOOK_MS = 5000; // for what other scripts have changed

class Saving {
  constructor(form) {
    this.form = form;
    this.isShared = "shared" in form.dataset;
    this.line = new StatusLine(form.querySelector(".save"));
    this.server = new ServerCopy(form);
    this.served = textAsServed(form);
    this.kept = "typed" in form.dataset ? null : this.served; // what the server has
    this.known = this.kept; // what was looked at last
    this.firstTyped = 0;
    this.sending = null;
    this.mayGoOn = this.isWaiting = this.isLeaving = false;
  }

  begin() {
    if (!Number(this.form.dataset.at) && this.kept !== null) this.line.sayUnchanged();
    if (!this.isShared) {
      offerTexts(this.form, this.form.elements.stamp.value, () => textOf(this.form) !== this.served && this.keepHere());
    }
    this.check();
  }

  get isDirty() {
    return textOf(this.form) !== this.kept;
  }

  // ---- while somebody types

  /** Looks whether something was typed since, and plans to keep it. */
  check() {
    const now = textOf(this.form);
    if (now === this.known) return;
    this.known = now;
    clearTimeout(this.browserTimer);
    clearTimeout(this.serverTimer);
    if (now === this.kept) this._nothingIsTyped();
    else this._plan();
  }

  _nothingIsTyped() {
    this.firstTyped = 0;
    this._dropHere();
    if (!this.server.answer && !this.server.outcome) this.line.sayWhatWasFirst();
  }

  _plan() {
    if (!this.server.answer && !this.server.outcome) this.line.say("typed");
    this.firstTyped ||= Date.now();
    const longest = this.firstTyped + LONGEST_MS - Date.now();
    this.browserTimer = setTimeout(() => this.keepHere(), BROWSER_MS);
    this.serverTimer = setTimeout(() => this.send(), Math.max(0, Math.min(QUIET_MS, longest)));
  }

  // ---- in this browser

  /** Whether what is typed is kept in this browser now. */
  keepHere() {
    clearTimeout(this.browserTimer);
    if (this.isShared) return false;
    const { place, account, keep: url } = this.form.dataset;
    const text = { place, url, account, stamp: this.server.nextStamp, at: Date.now(), entries: entriesOf(this.form) };
    return keepText(account, place, text);
  }

  _dropHere() {
    clearTimeout(this.browserTimer);
    dropText(this.form.dataset.account, this.form.dataset.place, this.server.nextStamp);
  }

  // ---- on the server

  /** Sends what is typed, one text at a time; whether the server has it then. */
  send() {
    this.sending ??= this._send().finally(() => { this.sending = null; });
    return this.sending;
  }

  async _send() {
    clearTimeout(this.serverTimer);
    this.firstTyped = 0;
    const sent = textOf(this.form);
    if (sent === this.kept) return true;
    const slow = setTimeout(() => this.line.say("keeping"), SLOW_MS);
    const outcome = await this.server.send();
    clearTimeout(slow);
    if (outcome) this._notKept(outcome);
    else this._isKept(sent);
    return !outcome;
  }

  _notKept(outcome) {
    this.line.say(this.keepHere() ? outcome : `${outcome}Nowhere`);
    if (["offline", "down", "out"].includes(outcome)) this.serverTimer = setTimeout(() => this.send(), RETRY_MS);
  }

  _isKept(sent) {
    const { form, server } = this;
    const { head, token } = form.elements;
    this.kept = sent;
    this.line.say("kept", clock());
    this.line.sayOthers(server.answer.others, head.value && server.answer.head && server.answer.head !== head.value);
    if (form.dataset.place.startsWith("new:")) history.replaceState(null, "", `${location.pathname}?begun=${token.value}`);
    if (this.isDirty) this.serverTimer = setTimeout(() => this.send(), QUIET_MS);
    else this._dropHere();
  }

  /** The page is out of sight or closed: what is typed is sent at once, and kept here until the server has it. */
  leave() {
    if (this.isLeaving || !this.isDirty) return;
    this.keepHere();
    this.send();
  }

  comeBack() {
    if (this.server.outcome && this.isDirty) this.send();
  }

  warn(event) {
    if (!this.isLeaving && this.isDirty && !this.keepHere()) event.preventDefault();
  }

  /** Before a form leads elsewhere, what is typed is on the server. Without connection Save does not lead away. */
  async keepThenGoOn(event) {
    if (event.defaultPrevented) return;
    if (this.mayGoOn || !this.isDirty) {
      this.isLeaving = true;
      this.mayGoOn = false;
      return;
    }
    event.preventDefault();
    if (this.isWaiting) return;
    this.isWaiting = true;
    await this.sending;
    const isKept = await this.send();
    this.isWaiting = false;
    this._goOn(event, isKept);
  }

  _goOn(event, isKept) {
    const isSave = event.target === this.form;
    const goesOn = isKept || (isSave && this.server.outcome !== "offline");
    this.mayGoOn = goesOn || !isSave; // a second press signs out without what could not be kept
    if (goesOn) (event.submitter ?? event.target.querySelector("button")).click();
  }
}

/** The time as the site writes it: "09:20". */
const clock = () => new Date().toLocaleTimeString(document.documentElement.lang, { timeStyle: "short", hourCycle: "h23" });

function listen(saving) {
  const { form } = saving;
  for (const event of ["input", "change", "click"]) form.addEventListener(event, () => setTimeout(() => saving.check()));
  setInterval(() => { if (!document.hidden) saving.check(); }, LOOK_MS);
  addEventListener("online", () => saving.comeBack());
  addEventListener("pagehide", () => saving.leave());
  addEventListener("pageshow", () => { saving.isLeaving = false; });
  addEventListener("beforeunload", (event) => saving.warn(event));
  document.addEventListener("visibilitychange", () => (document.hidden ? saving.leave() : saving.comeBack()));
  document.addEventListener("submit", (event) => {
    if (event.target === form || event.target.getAttribute("action") === "/account/logout") saving.keepThenGoOn(event);
  });
}

const form = document.getElementById("page-form");
if (form?.dataset.keep) {
  const saving = new Saving(form);
  listen(saving);
  saving.begin();
}
