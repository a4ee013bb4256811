// What makes writing comfortable: loaded by forms alone. Every form works without it.
// One module a subject; each finds its own places in the page and does nothing where there are none.
import "./toolbar.js";
import "./preview.js";
import "./lists.js";
import "./table.js";
import "./paste.js";
import "./completion.js";
import "./rows.js";
import "./links.js";
import "./similar.js";
import "./counters.js";
import "./conditions.js";
import "./steps.js";
import "./saving.js";
import "./uploads.js";
