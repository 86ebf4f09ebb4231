import type {Embed, EmbedOptions} from "../embed.js";
import {element} from "./dom.js";
import type {EmbeddableViews} from "./embeddedView.js";

/** A page of the site whose views can be embedded. */
export interface EmbeddablePage {
  /** Title as the list of pages has it. */
  name: string;
  /** Path from the site's root, without a slash before it: `attention`. */
  path: string;
}

/** Options of {@link embedBuilder}. */
export interface EmbedBuilderOptions {
  pages: readonly EmbeddablePage[];
  /** Root of the site. */
  site: URL;
  /** Shows a view in a frame. */
  embed: (target: Element, options: EmbedOptions) => Embed;
  /** Address of one view alone. */
  address: (options: {page: string; view: string; query: string; site: URL}) => string;
  /** What to begin with: a path, which may have a query, and the view's name. */
  page?: string;
  view?: string;
}

const quoted = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** A form that chooses page and view, shows the view as another page would, and gives the lines to copy. */
export function embedBuilder(options: EmbedBuilderOptions): HTMLElement {
  const {pages, site, embed, address} = options;
  const [firstPath = pages[0]!.path, firstQuery = ""] = (options.page ?? "").split("?");
  const known = pages.some(({path}) => path === firstPath) ? firstPath : pages[0]!.path;
  let query = known === firstPath ? firstQuery : "";
  let view = options.view ?? "";
  let shown: Embed | null = null;

  const page = element(
    "select",
    {onchange: () => ((query = view = ""), show())},
    pages.map(({name, path}) => element("option", {value: path, selected: path === known}, name))
  );
  const views = element("select", {
    onchange: () => ((view = views.value), show()),
    onfocus: () => shown?.ping()
  });
  const frame = element("div", {class: "embed-preview"});
  const status = element("p", {class: "obs-muted", "aria-live": "polite"});
  const [html, module] = [snippet("As a frame"), snippet("As a module")];

  function snippet(label: string): {node: HTMLElement; code: HTMLElement} {
    const code = element("code", {});
    const said = element("span", {class: "obs-muted", "aria-live": "polite"});
    const copy = element(
      "button",
      {
        type: "button",
        "aria-label": `copy: ${label}`,
        onclick: () =>
          void navigator.clipboard.writeText(code.textContent).then(
            () => (said.textContent = "copied"),
            () => (said.textContent = "this browser does not copy: select the lines")
          )
      },
      "Copy"
    );
    const node = element(
      "section",
      {},
      element("p", {class: "buttons"}, element("strong", {}, label), copy, said),
      element("pre", {tabindex: 0}, code)
    );
    return {node, code};
  }

  function list({views: names, titles}: EmbeddableViews): void {
    views.replaceChildren(
      ...names.map((name, i) =>
        element("option", {value: name, selected: name === view}, titles[i] || name)
      )
    );
  }

  function lines(): void {
    const url = address({page: page.value, view, query, site});
    html.code.textContent = `<iframe src="${quoted(url)}" title="${quoted(shown?.frame.title ?? view)}" width="100%" height="480" style="border:0"></iframe>`;
    const given = {page: page.value, view, ...(query && {query})};
    // no name ends the script that it is pasted into
    const options = JSON.stringify(given).replaceAll("<", "\\u003c");
    module.code.textContent = `<div id="view"></div>
<script type="module">
  import {embed} from "${quoted(new URL("embed.js", site).href)}";
  embed(document.querySelector("#view"), ${options});
</script>`;
  }

  function show(): void {
    shown?.close();
    status.textContent = "loading …";
    shown = embed(frame, {
      page: page.value,
      query,
      site,
      view,
      onReady(message) {
        view ||= message.views[0] ?? "";
        list(message);
        lines();
        status.textContent = `${message.height} pixels high now`;
      },
      onState: (changed) => ((query = changed), lines()),
      onProblem(message, names, titles) {
        status.textContent = message;
        list({views: names, titles});
      }
    });
    lines();
  }

  show();
  return element(
    "div",
    {class: "obs-view embed-builder"},
    element(
      "div",
      {class: "controls"},
      element("label", {}, "Page ", page),
      element("label", {}, "View ", views)
    ),
    frame,
    status,
    html.node,
    module.node
  );
}
