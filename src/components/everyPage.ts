/** What every page loads besides its own code. */
import {pagesButton} from "./pagesButton.js";
import {listenForShortcuts} from "./shortcutSheet.js";

pagesButton();
listenForShortcuts();
