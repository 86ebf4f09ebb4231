/** What every page loads besides its own code. */
import {keepFigures} from "./keepFigures.js";
import {pagesButton} from "./pagesButton.js";
import {listenForShortcuts} from "./shortcutSheet.js";

pagesButton();
listenForShortcuts();
keepFigures(document.querySelector("main")!);
