/** The recorded sweep over sentence tasks and masks, for the page /objectives. */
import {printSweep} from "./printSweep.js";

printSweep("objectives");
