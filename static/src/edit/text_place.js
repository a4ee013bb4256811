// A place in a text that stays where it is while the text around it is typed.
import { insert } from "./places.js";

export class TextPlace {
  constructor(area) {
    this.area = area;
    this.at = area.selectionEnd;
    this.length = area.value.length;
    this.follow = () => this._follow();
    area.addEventListener("input", this.follow);
  }

  /** What is typed before it moves it. */
  _follow() {
    const { area } = this;
    const grown = area.value.length - this.length;
    this.length = area.value.length;
    const began = area.selectionEnd - Math.max(0, grown);
    if (began < this.at || (began === this.at && grown < 0)) this.at = Math.max(began, this.at + grown);
    this.at = Math.min(this.at, this.length);
  }

  /** Puts it there as if it were typed, set apart from words; whoever writes elsewhere goes on there. */
  insert(markdown) {
    const { area } = this;
    const gap = /\S$/.test(area.value.slice(0, this.at)) ? "\n\n" : "";
    const after = /^\S/.test(area.value.slice(this.at)) ? "\n\n" : "";
    const text = gap + markdown + after;
    const at = this.at;
    this.at += text.length - after.length;
    area.removeEventListener("input", this.follow);
    if (area.checkVisibility?.() ?? area.offsetParent) typed(area, text, at);
    else putIn(area, text, at);
    this.length = area.value.length;
    area.addEventListener("input", this.follow);
  }
}

function typed(area, text, at) {
  const { activeElement: elsewhere } = document;
  const selection = [area.selectionStart, area.selectionEnd].map((place) => (place > at ? place + text.length : place));
  const wasHere = elsewhere === area && selection[0] !== at;
  insert(area, text, at, at);
  if (wasHere) area.setSelectionRange(...selection);
  else if (elsewhere !== area && elsewhere !== document.body) elsewhere.focus();
}

/** Into a field that is not shown, where nothing can be typed. */
function putIn(area, text, at) {
  area.setRangeText(text, at, at, "preserve");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}
