import {existsSync, readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {taskPaths} from "./src/lib/glue/tasks.js";

interface Page {
  name: string;
  path: string;
}

const source = join(import.meta.dirname, "src");
const exists = (name: string) => existsSync(join(source, name));

/** True where a page or a page loader answers the path. */
function isWritten({path}: Page): boolean {
  const file = path.endsWith("/") ? `${path}index` : path;
  return exists(`${file}.md`) || exists(`${file}.md.ts`);
}

/** The pages of src/reference by their titles, the index first. */
function referencePages(): Page[] {
  if (!exists("reference")) return [];
  return readdirSync(join(source, "reference"))
    .filter((file) => file.endsWith(".md") && !file.includes("["))
    .sort((a, b) => Number(b === "index.md") - Number(a === "index.md") || a.localeCompare(b))
    .map((file) => {
      const text = readFileSync(join(source, "reference", file), "utf8");
      const stem = file.slice(0, -3);
      return {
        name: /^# (.+)$/m.exec(text)?.[1] ?? stem,
        path: stem === "index" ? "/reference/" : `/reference/${stem}`
      };
    });
}

const sections: {name: string; pages: Page[]}[] = [
  {
    name: "Train",
    pages: [
      {name: "Tokenizer", path: "/tokenizer"},
      {name: "Pretrain", path: "/pretrain"},
      {name: "Fine-tune", path: "/finetune"},
      {name: "Runs", path: "/runs"}
    ]
  },
  {
    name: "Look inside",
    pages: [
      {name: "Attention", path: "/attention"},
      {name: "Arena", path: "/arena"},
      {name: "Objectives", path: "/objectives"},
      {name: "Embedding", path: "/embedding"},
      {name: "Sharing", path: "/sharing"},
      {name: "Probe", path: "/probe"}
    ]
  },
  {
    name: "Evidence",
    pages: [
      {name: "Compare", path: "/compare"},
      {name: "GLUE results", path: "/glue/"},
      {name: "Claims", path: "/claims"},
      {name: "Performance", path: "/performance"}
    ]
  },
  {
    name: "Publish",
    pages: [
      {name: "Your report", path: "/report"},
      {name: "Embed", path: "/embed"}
    ]
  },
  {
    name: "Lessons",
    pages: [
      {name: "All lessons", path: "/lessons/"},
      {name: "What a mask teaches", path: "/lessons/masks"},
      {name: "Twelve layers, one weight", path: "/lessons/sharing"},
      {name: "Is this attention a reason?", path: "/lessons/reason"}
    ]
  },
  {name: "Reference", pages: referencePages()}
];

const {repository} = JSON.parse(
  readFileSync(join(import.meta.dirname, "package.json"), "utf8")
) as {repository?: {url: string}};

const footer = [
  "ALBERT Observatory trains and probes small ALBERT models in this browser; what you load here stays here.",
  repository &&
    `<a href="${repository.url.replace(/^git\+|\.git$/g, "")}">Source</a>, ISC licence.`,
  '<a href="/data/notices.txt" download="notices.txt">Licences of the parts</a>.',
  "Press <kbd>?</kbd> for the keys."
]
  .filter(Boolean)
  .join(" ");

/** Scripts that draw before the rest of their page is there, by its path; see bin/earlyScripts.ts. */
const early: Record<string, string> = {"/pretrain": "/keptOffer.js"};
const earlyScript = (path: string) =>
  early[path] ? `<script type="module" src="${early[path]}" async></script>\n` : "";

export default {
  root: "src",
  output: "dist",
  title: "ALBERT Observatory",
  // only what is written: a link in the sidebar is never dead
  pages: sections
    .map(({name, pages}) => ({name, pages: pages.filter(isWritten)}))
    .filter(({pages}) => pages.length > 0),
  dynamicPaths: [...taskPaths],
  style: "style.css",
  globalStylesheets: [],
  // a view in a frame is alone from the first paint on: the script that finds it comes later
  head: ({
    path
  }: Pick<
    Page,
    "path"
  >) => `${earlyScript(path)}<script>/[?&]embed(=|&|$)/.test(location.search) && (document.documentElement.dataset.embed = "");</script>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<meta name="color-scheme" content="light dark">
<script type="module" src="/components/everyPage.js"></script>
<script type="module" src="/site.js"></script>`,
  footer,
  search: true,
  sidebar: true,
  pager: true,
  toc: {label: "On this page", show: true}
};
