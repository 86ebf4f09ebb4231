/** The recorded sweep over the width of the embedding, for the page /embedding. */
import {printSweep} from "./printSweep.js";

printSweep("embedding");
