// One file on its way to the server, piece by piece, gone on with after every break; docs/uploads.md is the protocol.
import { Break, Refusal, call } from "./upload_calls.js";

const SMALLEST = 16 * 1024;
const LARGEST = 1024 * 1024;
const AIM_MS = 2000; // a piece is as large as the line takes within this time
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;

/** What is thrown where the person took the file back. */
export class Cancelled extends Error {}

export class Transfer {
  /** `begun`: what the server has of it from before, {id, name, size_bytes, received}. `tell(reason)`: something moved, or "offline", "down", "out". */
  constructor(base, begun, tell) {
    Object.assign(this, { base, tell, id: begun.id, name: begun.name, size: begun.size_bytes, received: begun.received ?? 0 });
    this.pieceBytes = 4 * SMALLEST;
    this.wait = FIRST_WAIT_MS;
    this.stop = new AbortController();
  }

  get address() {
    return `${this.base}/${this.id}`;
  }

  get isWhole() {
    return this.received >= this.size;
  }

  /** Resolves when the server has every byte of `blob`. */
  send(blob) {
    this.blob = blob;
    return this._untilDone(() => this._goOn());
  }

  /** Makes it a file of the change; `words()` is asked at the moment it is sent. */
  finish(words) {
    return this._untilDone(async () => {
      if (!this.isWhole) await this._goOn();
      return this._finish(words());
    });
  }

  async cancel() {
    this.stop.abort();
    if (this.id) await call("DELETE", this.address).catch(() => {});
  }

  async _untilDone(run) {
    for (;;) {
      try {
        if (this.stop.signal.aborted) throw new Cancelled();
        return await run();
      } catch (error) {
        if (this.stop.signal.aborted) throw new Cancelled();
        if (!(error instanceof Break)) throw error;
        await this._pause(error.message);
      }
    }
  }

  /** Waits longer each time, or until the browser says that the line is back. */
  async _pause(reason) {
    this.isUnsure = true;
    this.pieceBytes = Math.max(SMALLEST, this.pieceBytes / 4);
    this.tell(reason);
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, this.wait);
      const now = () => { clearTimeout(timer); resolve(); };
      addEventListener("online", now, { once: true });
      this.stop.signal.addEventListener("abort", now, { once: true });
    });
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  async _goOn() {
    if (this.id && this.isUnsure) await this._ask();
    if (!this.id) await this._begin();
    this.isUnsure = false;
    while (!this.isWhole) await this._sendPiece();
  }

  async _begin() {
    const begun = await this._call("POST", this.base, { name: this.name, size_bytes: this.size });
    this.id = begun.id;
    this._has(begun.received);
  }

  /** What the server has; one that is gone there begins anew. */
  async _ask() {
    await this._orAnew(async () => this._has((await this._call("GET", this.address)).received));
  }

  async _sendPiece() {
    const began = performance.now();
    const piece = this.blob.slice(this.received, Math.min(this.received + this.pieceBytes, this.size));
    const headers = { "Upload-Offset": String(this.received), "Content-Type": "application/offset+octet-stream" };
    try {
      await this._orAnew(async () => this._has((await this._call("PATCH", this.address, piece, headers)).received));
    } catch (error) {
      if (error.said?.received === undefined) throw error;
      this._has(error.said.received);
    }
    const factor = Math.min(2, AIM_MS / Math.max(1, performance.now() - began));
    this.pieceBytes = Math.round(Math.min(LARGEST, Math.max(SMALLEST, this.pieceBytes * factor)));
  }

  /** Where the answer was lost, the file may be there already: sent again, it is the same one. */
  async _finish(words) {
    try {
      return await this._call("POST", `${this.address}/finish`, words);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 404 || !this.blob) throw error;
      this._forget();
      throw new Break("down");
    }
  }

  async _orAnew(run) {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 404 || this.isAnew) throw error;
      this.isAnew = true;
      this._forget();
      await this._begin();
    }
  }

  _forget() {
    this.id = undefined;
    this.received = 0;
  }

  _has(received) {
    if (received > this.received) this.wait = FIRST_WAIT_MS;
    this.received = received;
    this.tell("");
  }

  _call(method, url, body, headers) {
    return call(method, url, { body, headers, signal: this.stop.signal });
  }
}
