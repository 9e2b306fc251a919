/* The script of every page. Each module improves something that also works without it. */
import "./menus.js";
import "./forms.js";
import "./dialog.js";
import "./copy-button.js";
import "./native-share.js";
import "./text-counter.js";
import "./undo-toast.js";
import "./autosave-form.js";
import "./live-preview.js";
import "./time-zone.js";
import "./text-picker.js";
import "./counted-label.js";
import "./network-counters.js";
import "./tick-all.js";
import "./tab-row.js";
import "./print-page.js";

/* The top of a failed form is where the person should be. */
document.querySelector("[data-focus-first]")?.focus();
