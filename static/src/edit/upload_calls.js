// Calls of the server that end in an answer, in words for the person, or in a break that may pass.

const TIMEOUT_MS = 60000;

/** The server says no: `message` is for the person. */
export class Refusal extends Error {
  constructor(status, said) {
    super(said.problems?.map((problem) => problem.message).join(" ") || said.detail || String(status));
    this.status = status;
    this.said = said;
  }
}

/** Nothing is decided, and it is worth trying again: "offline", "down" or "out" (signed out). */
export class Break extends Error {}

const tokens = () => document.querySelectorAll("input[name=csrf_token]");

/** The JSON of the answer. */
export async function call(method, url, { body, headers = {}, signal } = {}) {
  const isJson = body && !(body instanceof Blob);
  const response = await answerOf(url, {
    method,
    body: isJson ? JSON.stringify(body) : body,
    headers: { "X-CSRFToken": tokens()[0].value, ...(isJson && { "Content-Type": "application/json" }), ...headers },
    cache: "no-store",
  }, signal);
  if (response.ok) return response.status === 204 ? {} : response.json().catch(() => { throw new Break("offline"); });
  if (response.status === 400 || response.status === 401) {
    await takeNewToken();
    throw new Break("out");
  }
  if (response.status === 429 || response.status >= 500) throw new Break("down");
  throw new Refusal(response.status, await response.json().catch(() => ({})));
}

async function answerOf(url, options, signal) {
  const stop = new AbortController();
  const end = () => stop.abort();
  const timer = setTimeout(end, TIMEOUT_MS);
  signal?.addEventListener("abort", end);
  try {
    return await fetch(url, { ...options, signal: stop.signal });
  } catch {
    throw new Break("offline");
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

/** Whoever signed in again, in another tab, has another token. */
async function takeNewToken() {
  const response = await answerOf("/account/session", { cache: "no-store" });
  const now = response.ok ? await response.json() : {};
  if (now.account) for (const input of tokens()) input.value = now.csrf_token;
}
