/** What every page loads besides its own code. */
import {nameCopyButtons} from "./copyButtons.js";
import {applyClassRules} from "./classRules.js";
import {printInLight} from "./inLight.js";
import {keepFigures} from "./keepFigures.js";
import {pagesButton} from "./pagesButton.js";
import {listenForShortcuts} from "./shortcutSheet.js";

applyClassRules(location.search);
pagesButton();
listenForShortcuts();
printInLight();
keepFigures(document.querySelector("main")!);
// Framework's own module, which makes them, comes after this one
if (document.readyState === "complete") nameCopyButtons();
else addEventListener("DOMContentLoaded", () => nameCopyButtons(), {once: true});
