/** Words after which tables are named, and words that end a list of them. */
const begins = new Set([
  "from",
  "join",
  "into",
  "update",
  "table",
  "view",
  "describe",
  "summarize"
]);
const ends = new Set(
  "select where on using group order having limit union except intersect set values window qualify as".split(
    " "
  )
);

/**
 * The tables that a statement names, wherever it does, in lower case without their schema. It reads
 * the words alone, so it also takes the names of table functions and of WITH clauses.
 *
 * @example tablesIn("SELECT steps FROM main.ablations a, \"Runs\"") → ["ablations", "runs"]
 */
export function tablesIn(sql: string): string[] {
  const found = new Set<string>();
  // For each open parenthesis: whether a list of tables is being read, and whether the next word is one.
  const stack: {inList: boolean; isNext: boolean}[] = [];
  let state = {inList: false, isNext: false};
  let last: string | null = null;
  const keep = () => {
    if (last !== null) found.add(last);
    last = null;
  };
  for (const [token, quoted] of tokensOf(sql)) {
    const word = token.toLowerCase();
    if (last !== null && token === ".") {
      last = null;
      state.isNext = true;
      continue;
    }
    keep();
    if (token === "(") {
      stack.push(state);
      state = {...state};
    } else if (token === ")") {
      state = stack.pop() ?? state;
      state.isNext = false;
    } else if (token === ",") state.isNext = state.inList;
    else if (!quoted && begins.has(word))
      state = Object.assign(state, {inList: true, isNext: true});
    else if (!quoted && ends.has(word)) {
      // "USING" and "ON" end a table, not the list that a comma continues.
      const goesOn = state.inList && (word === "on" || word === "using" || word === "as");
      Object.assign(state, {inList: goesOn, isNext: false});
    } else if (state.isNext && /^[\p{L}_]/u.test(token)) {
      last = word;
      state.isNext = false;
    }
  }
  keep();
  return [...found];
}

/** Words and signs of a statement, without comments and texts; the flag is for quoted names. */
function* tokensOf(sql: string): Generator<[token: string, quoted: boolean]> {
  const pattern =
    /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|"((?:[^"]|"")*)(?:"|$)|[\p{L}_][\p{L}\p{N}_$]*|[().,;]|[^\s]/gu;
  for (const match of sql.matchAll(pattern)) {
    const [token, name] = match;
    if (name !== undefined) yield [name.replaceAll('""', '"'), true];
    else if (!/^(?:--|\/\*|')/.test(token)) yield [token, false];
  }
}
