// The text of a form on the server: sent whole, under a stamp that names this window and counts what it has sent.
import { entriesOf } from "./form_text.js";

const TIMEOUT_MS = 20000;
const KEEPALIVE_BYTES = 60000; // a browser sends no more for a page that is closed

export class ServerCopy {
  constructor(form) {
    this.form = form;
    this.window = randomName();
    this.number = 0;
    this.outcome = "";
    this.answer = null;
  }

  /** The stamp of what is typed now, once it is sent. */
  get nextStamp() {
    return `${this.window}.${this.number + 1}`;
  }

  /** "" where the server has the text now, else what stands in the way: offline, down, out, elsewhere, refused. */
  async send() {
    this.outcome = await this._send().catch(() => "offline");
    return this.outcome;
  }

  async _send() {
    if (this.outcome === "out" && !(await this._isMySession())) return "out";
    let response = await this._post();
    if (isSignedOut(response) && (await this._isMySession())) response = await this._post();
    if (!response.ok) return reasonOf(response);
    this.answer = await response.json();
    return "";
  }

  async _post() {
    const { dataset, elements } = this.form;
    const stamp = this.nextStamp;
    this.number += 1;
    const body = new URLSearchParams(entriesOf(this.form));
    body.set("account", dataset.account);
    body.set("seen", elements.stamp.value);
    body.set("stamp", stamp);
    const keepalive = `${body}`.length < KEEPALIVE_BYTES;
    const response = await fetchInTime(dataset.keep, { method: "POST", body, keepalive });
    if (response.ok) elements.stamp.value = stamp;
    return response;
  }

  /** Whether the same person is signed in, perhaps again: then forms are given the token that they need now. */
  async _isMySession() {
    const response = await fetchInTime("/account/session", { cache: "no-store" });
    const now = response.ok ? await response.json() : {};
    if (now.account !== this.form.dataset.account) return false;
    for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = now.csrf_token;
    return true;
  }
}

const isSignedOut = (response) => response.status === 400 || response.status === 401;

function reasonOf(response) {
  if (isSignedOut(response)) return "out";
  if (response.status >= 500) return "down";
  const isTold = response.status === 409 && response.headers.get("Content-Type")?.startsWith("application/json");
  return isTold ? "elsewhere" : "refused";
}

async function fetchInTime(url, options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT_MS);
  try {
    return await fetch(url, { ...options, signal: stop.signal });
  } finally {
    clearTimeout(timer);
  }
}

function randomName() {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
