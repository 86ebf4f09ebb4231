/** What every page loads besides its own code. */
import {applyClassRules} from "./classRules.js";
import {keepFigures} from "./keepFigures.js";
import {pagesButton} from "./pagesButton.js";
import {listenForShortcuts} from "./shortcutSheet.js";

applyClassRules(location.search);
pagesButton();
listenForShortcuts();
keepFigures(document.querySelector("main")!);
