import {InputError} from "../lib/errors.js";
import {parseReport, type Report} from "../lib/report/report.js";
import {siteName, siteVersion} from "../lib/site.js";
import {element} from "./dom.js";
import {reportBody} from "./reportBody.js";

/** Nothing is run and nothing is asked for: pictures come with the file. */
const policy =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const style = `:root{color-scheme:light dark}
body{max-width:46rem;margin:2rem auto;padding:0 1rem;font:16px/1.55 Charter,"Bitstream Charter",Georgia,serif}
h1,h2,h3,h4,figure,.facts,figcaption,details,table,footer{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
h1{font-size:1.8rem;line-height:1.2}h2{font-size:1.35rem;line-height:1.3}h3{font-size:1.1rem}h4{font-size:1rem}
figure h2{font-size:1.1rem;margin:0}
h1,h2,h3,h4,p,.facts,figcaption,summary,footer{overflow-wrap:anywhere}
figure{margin:2rem 0;break-inside:avoid}
.facts,figcaption,footer{color:color-mix(in srgb,CanvasText 70%,Canvas);font-size:.85rem;margin:.25rem 0 .5rem}
img{display:block;max-width:100%;height:auto}.picture{overflow-x:auto}.picture img{max-width:max(100%,34rem)}
details{margin:.5rem 0;font-size:.85rem}summary{cursor:pointer}
.rows{max-height:26rem;overflow:auto}
table{border-collapse:collapse;font-size:.85rem}
th,td{padding:.2rem .8rem .2rem 0;border-bottom:1px solid #8884;text-align:left;vertical-align:top}
.number{text-align:right;font-variant-numeric:tabular-nums}
pre{padding:.6rem;border:1px solid #8886;border-radius:6px;overflow:auto;font-size:.8rem;white-space:pre-wrap;overflow-wrap:anywhere}
.recipe{max-height:16rem}
blockquote{margin:1rem;padding-left:1rem;border-left:3px solid #8886}
@keyframes more{0%,1%{mask-image:linear-gradient(to left,transparent,#000 2rem)}2%,98%{mask-image:linear-gradient(to right,transparent,#000 2rem,#000 calc(100% - 2rem),transparent)}99%,to{mask-image:linear-gradient(to right,transparent,#000 2rem)}}
@media screen{@supports (animation-timeline:scroll(self inline)){:is(.picture,.rows):not(:focus-visible){animation:more linear both;animation-timeline:scroll(self inline)}}}
@page{size:A4;margin:18mm 16mm}
@media print{.receipts::details-content{content-visibility:visible;block-size:auto}summary{list-style:none}.recipe{display:none}th,td{overflow-wrap:anywhere}.rows,.recipe,.picture{max-height:none;overflow:visible}.picture img{max-width:100%}a[href^=http]:not(.address)::after{content:" (" attr(href) ")";font-size:.85em;overflow-wrap:anywhere}body{margin:0;max-width:none}}`;

const dataId = "albert-report";

/**
 * A report as one HTML file that stands alone: it shows everything with scripts off, asks nothing of
 * any server, and holds the report as data, so that {@link readReportFile} opens it again.
 *
 * @param made when it was saved
 */
export function reportFile(report: Report, made: Date = new Date()): string {
  const page = document.implementation.createHTMLDocument(report.title);
  page.documentElement.lang = "en";
  const head = [
    element("meta", {charset: "utf-8"}),
    element("meta", {"http-equiv": "Content-Security-Policy", content: policy}),
    element("meta", {name: "viewport", content: "width=device-width, initial-scale=1"}),
    element("meta", {name: "generator", content: `${siteName} ${siteVersion}`}),
    element("style", {}, style)
  ];
  page.head.prepend(...head);
  const day = made.toISOString().slice(0, 10);
  page.body.append(
    reportBody(report),
    element(
      "footer",
      {},
      `Saved on ${day} by ${siteName} ${siteVersion}. This file runs no script and loads nothing.`
    )
  );
  // a data block is no script; "<" is written so that no text can end it
  const data = page.createElement("script");
  data.type = "application/json";
  data.id = dataId;
  data.textContent = JSON.stringify(report).replaceAll("<", "\\u003c");
  page.body.append(data);
  return `<!DOCTYPE html>\n${page.documentElement.outerHTML}\n`;
}

/**
 * The report in a file that {@link reportFile} wrote, or in its JSON. Of a page only the data are
 * taken; nothing in it is run or loaded.
 *
 * @throws InputError when there is no report in it
 */
export function readReportFile(text: string, file: string): Report {
  if (/^\s*\{/.test(text)) return parseReport(text, file);
  const found = /<script type="application\/json" id="albert-report">([^<]*)<\/script>/.exec(text);
  if (!found) throw new InputError(`${file}: no report in this file (expected one saved here)`);
  return parseReport(found[1]!, file);
}
