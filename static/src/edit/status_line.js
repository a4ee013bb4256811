// The line in the bar with Save: it says what is true, in the words that the server put into the page.

export class StatusLine {
  constructor(bar) {
    this.line = bar.querySelector(".state");
    this.others = bar.querySelector(".others");
    this.signInLink = bar.querySelector(".sign-in-again");
    this.first = this.line.textContent;
  }

  /** `what` is a name of templates/components/saving.html; the same words are not said twice to who listens. */
  say(what, time = "") {
    write(this.line, this.line.dataset[what].replace("{time}", time));
    this.signInLink.hidden = !what.startsWith("out");
  }

  sayUnchanged() {
    this.say("unchanged");
    this.first = this.line.textContent;
  }

  sayWhatWasFirst() {
    write(this.line, this.first);
  }

  sayOthers(areEditing, hasMoved) {
    const { others, moved } = this.others.dataset;
    write(this.others, [areEditing && others, hasMoved && moved].filter(Boolean).join(" "));
  }
}

function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
