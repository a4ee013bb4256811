// Pictures are made smaller before they travel; drawn anew, they also lose where and with what they were taken.

const LONGEST_SIDE = 1600;
const SMALL_BYTES = 400 * 1024; // a picture of few pixels and bytes is left as it is
const THUMBNAIL = 160;
const QUALITY = 0.85;
/** What it is drawn as: drawings keep what is transparent. */
const DRAWN_AS = { "image/png": ["image/webp", "webp"], "image/webp": ["image/webp", "webp"] };
const AS_PHOTO = ["image/jpeg", "jpg"];
/** Kinds that the site does not take as they are, and that some browsers can read. */
const IS_FOREIGN = /^image\/(hei[cf]|avif|bmp|tiff)/;

/** {blob, name, before: its bytes before where it was made smaller, thumbnail: a canvas or undefined}. */
export async function smaller(file) {
  const whole = { blob: file, name: file.name || "image.png" };
  if (!file.type.startsWith("image/") || file.type === "image/svg+xml") return whole;
  const bitmap = await window.createImageBitmap?.(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!bitmap) return whole;
  whole.thumbnail = drawn(bitmap, THUMBNAIL);
  const made = (await mayBeDrawn(file, bitmap)) && await drawnSmaller(file, bitmap);
  bitmap.close();
  return made ? { ...whole, ...made } : whole;
}

/** Not what moves, and not what is small already. */
async function mayBeDrawn(file, { width, height }) {
  if (IS_FOREIGN.test(file.type)) return true;
  if (file.type === "image/gif" || (Math.max(width, height) <= LONGEST_SIDE && file.size <= SMALL_BYTES)) return false;
  const beginning = new TextDecoder("latin1").decode(await file.slice(0, 65536).arrayBuffer());
  return !/acTL|ANIM/.test(beginning) || file.type === "image/jpeg";
}

async function drawnSmaller(file, bitmap) {
  const [type, ending] = DRAWN_AS[file.type] ?? AS_PHOTO;
  const canvas = drawn(bitmap, LONGEST_SIDE);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, QUALITY));
  const isForeign = IS_FOREIGN.test(file.type);
  if (!blob || (blob.size >= file.size && !isForeign)) return undefined;
  const real = blob.type === type ? ending : "png"; // a browser that cannot write WebP writes PNG
  const keepsName = real === "jpg" && /\.jpe?g$/i.test(file.name);
  return { blob, before: file.size, name: keepsName ? file.name : `${file.name.replace(/\.[^.]*$/, "")}.${real}` };
}

function drawn(bitmap, longest) {
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}
