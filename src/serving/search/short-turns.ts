import { Turns } from "../../system/index.js";

/** For work beside which requests are answered: the event loop gets a turn every 5 ms. */
export const shortTurns = () => new Turns(undefined, 5);
