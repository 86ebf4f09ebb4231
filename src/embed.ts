/**
 * The module that other sites import to show a view of this one: `embed` puts a live view into a
 * frame that grows with it; the views themselves are functions of plain data.
 */
import type {EmbedMessage, EmbedRequest} from "./components/embeddedView.js";

export {attentionLines} from "./components/attentionLines.js";
export {attentionMatrix} from "./components/attentionMatrix.js";
export {curvesChart} from "./components/curvesChart.js";
export {figure} from "./components/figure.js";
export {parameterBars} from "./components/parameterBars.js";
export {tokenStrip} from "./components/tokenStrip.js";

/** Options of {@link embed}. */
export interface EmbedOptions {
  /** Path of a page from the site's root: `attention`, `glue/`. */
  page: string;
  /** Name of a figure of that page, or `#id` of a section; empty for the first figure. */
  view: string;
  /** The page's state, as its address has it after the question mark. */
  query?: string;
  /** What the frame shows, for screen readers; default the view's own title. */
  title?: string;
  /** Called once the view is there. */
  onReady?: (message: Extract<EmbedMessage, {type: "ready"}>) => void;
  /** Called when the reader changes the state, with what goes into a link. */
  onState?: (query: string) => void;
  /** Called when the page has no such view. */
  onProblem?: (message: string, views: string[], titles: string[]) => void;
  /** Root of the site; default where this module lies. */
  site?: string | URL;
}

/** A view in its frame. */
export interface Embed {
  frame: HTMLIFrameElement;
  /** Gives the view another state: it loads anew. */
  setState(query: string): void;
  /** Asks for `onReady` again, as when more views may have come. */
  ping(): void;
  /** Takes the frame away and listens no more. */
  close(): void;
}

/** Address of a page that shows one view alone. */
export function embedAddress({
  page,
  view,
  query = "",
  site = new URL("./", import.meta.url)
}: Pick<EmbedOptions, "page" | "view" | "query" | "site">): string {
  const url = new URL(page.replace(/^\//, ""), site);
  url.search = query;
  url.searchParams.set("embed", view);
  return url.href;
}

/** Puts a view into `target`; the frame is as high as what it shows. */
export function embed(target: Element, options: EmbedOptions): Embed {
  const {title = "", onReady, onState, onProblem} = options;
  const address = embedAddress(options);
  const frame = document.createElement("iframe");
  frame.title = title || "a view of ALBERT Observatory";
  frame.src = address;
  frame.style.cssText = "display:block;width:100%;height:320px;border:0";
  const {origin} = new URL(address);
  const listen = ({data, source, origin: from}: MessageEvent): void => {
    const message = data as EmbedMessage | null;
    if (source !== frame.contentWindow || from !== origin) return;
    if (message?.from !== "albert-observatory") return;
    if (message.type === "ready") {
      if (!title) frame.title = message.title;
      onReady?.(message);
    }
    if (message.type === "ready" || message.type === "resize")
      frame.style.height = `${message.height}px`;
    if (message.type === "state") onState?.(message.query);
    if (message.type === "problem") onProblem?.(message.message, message.views, message.titles);
  };
  addEventListener("message", listen);
  target.append(frame);
  const post = (request: EmbedRequest) => frame.contentWindow?.postMessage(request, origin);
  return {
    frame,
    setState: (query) => void post({to: "albert-observatory", type: "state", query}),
    ping: () => void post({to: "albert-observatory", type: "ping"}),
    close() {
      removeEventListener("message", listen);
      frame.remove();
    }
  };
}

/** Adds the views' style sheet to a page that uses them without a frame. */
export function addStyles(site: string | URL = new URL("./", import.meta.url)): void {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("embed.css", site).href;
  document.head.append(link);
}
