import type {Table} from "../glue/table.js";
import {claims} from "./index.js";

/** The claims of the page /claims as a table for SQL, one row each. */
export function claimsTable(): Table {
  const text = (name: string, description: string, values: (string | null)[]) => ({
    name,
    type: "text" as const,
    description,
    values
  });
  return {
    name: "claims",
    description: "What one widely copied essay says of ALBERT, with what the sources say.",
    rows: claims.length,
    columns: [
      {
        name: "number",
        type: "integer",
        description: "its number on the page /claims",
        values: claims.map(({number}) => number)
      },
      text(
        "claim",
        "what is said, in our words",
        claims.map(({claim}) => claim)
      ),
      text(
        "verdict",
        "correct, oversimplified, wrong, unsupported or not checkable",
        claims.map(({verdict}) => verdict)
      ),
      text(
        "finding",
        "what is known",
        claims.map(({finding}) => finding)
      ),
      text(
        "source",
        "where it stands",
        claims.map(({source}) => source)
      ),
      text(
        "check_sql",
        "a query that checks it on these tables",
        claims.map(({check}) => check?.sql ?? null)
      )
    ]
  };
}
