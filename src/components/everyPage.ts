/** What every page loads besides its own code. */
import {listenForShortcuts} from "./shortcutSheet.js";

listenForShortcuts();
