/** The recorded sweep over the families of models, for the page /compare. */
import {printSweep} from "./printSweep.js";

printSweep("families");
