/** The same ways to share and three wider ones, each model fine-tuned, for the page /sharing. */
import {printSweep} from "./printSweep.js";

printSweep("sharing-score");
