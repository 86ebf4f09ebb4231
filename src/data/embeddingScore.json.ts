/** The same widths, each model fine-tuned, for the page /embedding. */
import {printSweep} from "./printSweep.js";

printSweep("embedding-score");
