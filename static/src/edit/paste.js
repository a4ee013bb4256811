// What is pasted from Word, Google Docs, web pages and spreadsheets becomes Markdown, in one step of Ctrl+Z.
import { installLink } from "@github/paste-markdown";
import { everywhere, insert } from "./places.js";
import { markdownOf } from "./markdown_of_html.js";

const isPicture = (file) => file.type.startsWith("image/");

/** Hand them to pictures_in_text.js. */
function givePictures(area, files) {
  area.dispatchEvent(new CustomEvent("kmwiki:pictures", { bubbles: true, detail: { files } }));
}

/** Set the text apart from what stands around it where it has several lines. */
function putIn(area, markdown) {
  const before = area.value.slice(0, area.selectionStart);
  const isBlock = markdown.includes("\n") || /^(#|[-*] |\d+\. |>|\|)/.test(markdown);
  const gap = !isBlock || !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const after = isBlock && area.selectionEnd < area.value.length && area.value[area.selectionEnd] !== "\n" ? "\n\n" : "";
  insert(area, gap + markdown + after);
}

everywhere("textarea[data-markdown]", (area) => {
  let plain = false;
  // Ctrl+Shift+V means: as plain text. Not every browser says so in what it hands over.
  area.addEventListener("keydown", (event) => { plain = event.shiftKey && (event.ctrlKey || event.metaKey) && event.code === "KeyV"; });
  area.addEventListener("paste", (event) => {
    const data = event.clipboardData;
    if (!data) return;
    if (plain) { plain = false; event.stopImmediatePropagation(); return; }
    const html = data.getData("text/html");
    const markdown = html && markdownOf(html);
    const pictures = [...data.files].filter(isPicture);
    if (markdown) {
      event.preventDefault();
      event.stopImmediatePropagation();
      putIn(area, markdown);
    } else if (pictures.length && !data.getData("text/plain").trim()) {
      event.preventDefault();
      givePictures(area, pictures);
    }
  });
  installLink(area);
  area.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  area.addEventListener("drop", (event) => {
    const pictures = [...event.dataTransfer.files].filter(isPicture);
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    if (pictures.length) givePictures(area, pictures);
  });

  const button = document.querySelector(`markdown-toolbar[for="${area.id}"] [data-pictures]`);
  const chooser = button.parentElement.querySelector("input[type=file]");
  button.addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", () => {
    if (chooser.files.length) givePictures(area, [...chooser.files]);
    chooser.value = "";
    area.focus();
  });
});
