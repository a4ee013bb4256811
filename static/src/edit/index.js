// What makes writing comfortable: loaded by forms alone. Every form works without it.
// One module a subject; each finds its own places in the page and does nothing where there are none.
import "./saving.js";
