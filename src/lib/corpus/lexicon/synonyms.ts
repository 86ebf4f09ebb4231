/** Verbs that mean the same whatever their object is, so that a paraphrase may exchange them. */
const table = new Map(
  `buy purchase|repair mend|mend repair|gather collect|collect gather|choose select|pick choose|finish complete
   close shut|build construct|find discover|praise commend|hire employ|examine inspect|inspect examine
   check verify|arrest capture|mix blend|combine mix|phone call|release free|free release|applaud cheer
   reserve book|discuss debate|announce declare|sort arrange|order request|notice spot|begin start
   question interrogate|show present|start begin|help assist|plough till|sow plant|produce make
   decorate adorn|photograph picture|construct build|correct fix|receive get|test try_out|greet welcome`
    .split(/[|\n]/)
    .map((pair) => pair.trim().split(" ") as [string, string])
);

/** A verb of the same meaning, or null. Example: `synonym("buy")` is `"purchase"`. */
export function synonym(verb: string): string | null {
  return table.get(verb) ?? null;
}
