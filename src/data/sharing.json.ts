/** The recorded sweep over ways to share layers, for the page /sharing. */
import {printSweep} from "./printSweep.js";

printSweep("sharing");
