// While the title of a new page is typed: pages with like words, which may be the same.
import { asker, form, later, piece, say, told } from "./places.js";

const SHORTEST = 8;
const address = form?.dataset.similar;
const title = form?.elements.title;

if (address && title) {
  const ask = asker();
  let waved = false;

  const look = later(700, async () => {
    const text = title.value.trim();
    const answer = text.length >= SHORTEST ? await ask(`${address}&title=${encodeURIComponent(text.slice(0, 200))}`) : undefined;
    document.getElementById("similar")?.remove();
    if (!answer?.total || waved) return;
    const box = piece("similar-frame");
    box.firstElementChild.insertAdjacentHTML("afterbegin", answer.html); // drawn and escaped by the server
    title.closest(".answer").append(box);
    box.querySelector("button").addEventListener("click", () => {
      waved = true;
      box.remove();
      title.focus();
    });
    say(told("similar", { number: answer.total }));
  });
  title.addEventListener("input", look);
}
