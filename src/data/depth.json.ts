/** The recorded sweep over the number of times a shared layer is applied, for the page /sharing. */
import {printSweep} from "./printSweep.js";

printSweep("depth");
