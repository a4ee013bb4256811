// Saving that never loses a word. What is typed is sent to the server while it is typed, and stays in this browser as
// long as the server does not have it. The line in the bar with Save says what is true.
import { dropText, keepText } from "./browser_texts.js";
import { entriesOf, textAsServed, textOf } from "./form_text.js";
import { offerTexts } from "./kept_in_browser.js";

const QUIET_MS = 2000; // after the last key
const LONGEST_MS = 10000; // while typing goes on
const BROWSER_MS = 300;
const RETRY_MS = 10000;
const SLOW_MS = 1500; // before the line says that it is saving
const TIMEOUT_MS = 20000;
const KEEPALIVE_BYTES = 60000; // a browser sends no more for a page that is closed

const form = document.getElementById("page-form");
if (form?.dataset.keep) begin(form);

function begin(form) {
  const { keep: url, place, account } = form.dataset;
  const isShared = "shared" in form.dataset;
  const bar = form.querySelector(".save");
  const line = bar.querySelector(".state");
  const { stamp: stampInput, head, token } = form.elements;
  const served = textAsServed(form);
  const window_ = randomName();
  let number = 0;
  let kept = "typed" in form.dataset ? null : served; // what needs no keeping: the server has it
  let known = kept; // what was looked at last
  let outcome = "";
  let hasBeenKept = false;
  let sending = null;
  let isLeaving = false;
  let firstTyped = 0;
  let serverTimer, browserTimer;

  const isDirty = () => textOf(form) !== kept;
  const nextStamp = () => `${window_}.${number + 1}`;

  // ---- what is true

  function say(what, time = "") {
    const words = line.dataset[what].replace("{time}", time);
    if (line.textContent !== words) line.textContent = words;
    bar.querySelector(".sign-in-again").hidden = !what.startsWith("out");
  }

  function sayFailure() {
    const isKept = keepInBrowser();
    say(isKept ? outcome : `${outcome}Nowhere`);
  }

  function sayOthers(answer) {
    const others = bar.querySelector(".others");
    const hasMoved = head.value && answer.head && answer.head !== head.value;
    const words = [answer.others && others.dataset.others, hasMoved && others.dataset.moved].filter(Boolean).join(" ");
    if (others.textContent !== words) others.textContent = words;
  }

  // ---- in this browser

  /** Whether what is typed is kept in this browser now. */
  function keepInBrowser() {
    clearTimeout(browserTimer);
    if (isShared) return false;
    const text = { place, url, account, stamp: nextStamp(), at: Date.now(), entries: entriesOf(form) };
    return keepText(account, place, text);
  }

  // ---- on the server

  function check() {
    const now = textOf(form);
    if (now === known) return;
    known = now;
    clearTimeout(browserTimer);
    clearTimeout(serverTimer);
    if (now === kept) {
      dropText(account, place, nextStamp());
      firstTyped = 0;
      if (!outcome && !hasBeenKept) line.textContent = atFirst;
      return;
    }
    if (!outcome && !hasBeenKept) say("typed");
    browserTimer = setTimeout(keepInBrowser, BROWSER_MS);
    firstTyped ||= Date.now();
    serverTimer = setTimeout(send, Math.max(0, Math.min(QUIET_MS, firstTyped + LONGEST_MS - Date.now())));
  }

  /** Sends what is typed, one text at a time; whether the server has it now. */
  function send() {
    sending ??= trySend().finally(() => { sending = null; });
    return sending;
  }

  async function trySend() {
    clearTimeout(serverTimer);
    firstTyped = 0;
    const sent = textOf(form);
    if (sent === kept) return true;
    const slow = setTimeout(() => say("keeping"), SLOW_MS);
    outcome = await post(sent);
    clearTimeout(slow);
    if (outcome) {
      sayFailure();
      if (outcome !== "refused" && outcome !== "elsewhere") serverTimer = setTimeout(send, RETRY_MS);
    } else if (textOf(form) !== kept) {
      serverTimer = setTimeout(send, QUIET_MS);
    } else {
      clearTimeout(browserTimer);
      dropText(account, place, nextStamp());
    }
    return !outcome;
  }

  /** "" where the server has this text now, else what stands in the way. */
  async function post(sent) {
    try {
      if (outcome === "out" && !(await isMySession())) return "out";
      let answer = await postOnce();
      if ((answer.status === 400 || answer.status === 401) && (await isMySession())) answer = await postOnce();
      if (!answer.ok) return await reasonOf(answer);
      accept(sent, await answer.json());
      return "";
    } catch {
      return "offline";
    }
  }

  async function postOnce() {
    const stamp = nextStamp();
    number += 1;
    const body = new URLSearchParams(entriesOf(form));
    body.set("account", account);
    body.set("seen", stampInput.value);
    body.set("stamp", stamp);
    const answer = await fetchInTime(url, { method: "POST", body, keepalive: `${body}`.length < KEEPALIVE_BYTES });
    if (answer.ok) stampInput.value = stamp;
    return answer;
  }

  function accept(sent, answer) {
    kept = sent;
    hasBeenKept = true;
    say("kept", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }));
    sayOthers(answer);
    if (place.startsWith("new:")) history.replaceState(null, "", `${location.pathname}?begun=${token.value}`);
  }

  /** Whether the same person is signed in, perhaps again: then forms have the token that they need now. */
  async function isMySession() {
    const answer = await fetchInTime("/account/session", { cache: "no-store" });
    const now = answer.ok ? await answer.json() : {};
    if (now.account !== account) return false;
    for (const input of document.querySelectorAll("input[name=csrf_token]")) input.value = now.csrf_token;
    return true;
  }

  // ---- when

  for (const event of ["input", "change", "click"]) form.addEventListener(event, () => setTimeout(check));
  setInterval(() => { if (!document.hidden) check(); }, 5000); // what other scripts have changed
  addEventListener("online", () => { if (isDirty()) send(); });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) leave();
    else if (outcome && isDirty()) send();
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", () => { isLeaving = false; });
  addEventListener("beforeunload", (event) => {
    if (!isLeaving && isDirty() && !keepInBrowser()) event.preventDefault();
  });

  function leave() {
    if (isLeaving || !isDirty()) return;
    keepInBrowser();
    send();
  }

  /** Save, and the buttons of rows: what is typed is on the server before the page is left. */
  form.addEventListener("submit", (event) => keepThenGoOn(event, () => outcome !== "offline"));

  /** Signing out: nothing is left behind; a second press goes on without what could not be kept. */
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("action") === "/account/logout") keepThenGoOn(event, () => false);
  });

  let mayGoOn = false;
  let isWaiting = false;

  async function keepThenGoOn(event, inSpiteOfFailure) {
    if (event.defaultPrevented) return;
    if (mayGoOn || !isDirty()) {
      isLeaving = true;
      mayGoOn = false;
      return;
    }
    event.preventDefault();
    if (isWaiting) return;
    isWaiting = true;
    const button = event.submitter ?? event.target.querySelector("button");
    await sending;
    const isKept = await send();
    isWaiting = false;
    mayGoOn = event.target !== form || isKept || inSpiteOfFailure();
    if (isKept || inSpiteOfFailure()) button.click();
  }

  // ---- at the beginning

  if (!Number(form.dataset.at) && kept !== null) say("unchanged");
  const atFirst = line.textContent;
  if (!isShared) offerTexts(form, stampInput.value, () => textOf(form) !== served && keepInBrowser());
  check();
}

async function reasonOf(answer) {
  if (answer.status === 400 || answer.status === 401) return "out";
  if (answer.status >= 500) return "down";
  const isTold = answer.status === 409 && answer.headers.get("Content-Type")?.startsWith("application/json");
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
