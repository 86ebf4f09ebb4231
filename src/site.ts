/**
 * What every page does besides its own: it takes what is added to the report, shows one view alone
 * where its address asks for that, and keeps the site for use without a network.
 */
import type {ReportOffer} from "./components/figure.js";
import {errorMessage} from "./lib/errors.js";
import {embedKey} from "./lib/site.js";

// this module lies in a folder of the site's root
const root = new URL("../", import.meta.url);

addEventListener("obs-report", (event) => {
  event.preventDefault();
  const {detail} = event as CustomEvent<ReportOffer>;
  addToReport(detail).then(detail.answer, (error: unknown) =>
    detail.answer(`could not be added to the report: ${errorMessage(error)}`)
  );
});

addEventListener("obs-embed", (event) => {
  const {detail: view} = event as CustomEvent<string>;
  const {pathname, search} = location;
  const page = pathname.slice(root.pathname.length) + search;
  location.assign(new URL(`embed?${new URLSearchParams({page, view})}`, root));
});

const view = new URLSearchParams(location.search).get(embedKey);
if (view !== null)
  void import("./components/embeddedView.js").then(({embeddedView}) => embeddedView(view));
else if (document.readyState === "complete") void keep();
else addEventListener("load", () => void keep(), {once: true});

async function keep(): Promise<void> {
  const {keepOffline} = await import("./components/keepOffline.js");
  await keepOffline(root);
}

async function addToReport({record, svg, sql}: ReportOffer): Promise<string> {
  const {cellsOf, partId} = await import("./lib/report/report.js");
  const {ReportStore} = await import("./lib/report/store.js");
  const {rows, recipe, ...words} = record;
  const {parts} = await new ReportStore().change((report) => ({
    ...report,
    parts: [
      ...report.parts,
      {
        ...words,
        ...cellsOf(rows),
        kind: "exhibit",
        id: partId(),
        svg,
        sql: sql ?? null,
        recipe: structuredClone(recipe),
        addedAt: new Date().toISOString()
      }
    ]
  }));
  return `Added to your report, which has ${parts.length} ${parts.length === 1 ? "part" : "parts"} now. It is on the page Report.`;
}
