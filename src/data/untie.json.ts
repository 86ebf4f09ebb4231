/** Recorded models whose layers were tied or untied and trained on, for the page /sharing. */
import {printSweep} from "./printSweep.js";

printSweep("untie");
