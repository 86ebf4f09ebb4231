import {openRoot, type FileStore} from "../store/files.js";
import {emptyReport, parseReport, type Report} from "./report.js";

const channelName = "albert-report";
const fileName = "report.json";

/** The report that this browser keeps, one for all tabs. */
export class ReportStore {
  readonly #folder: Promise<FileStore>;
  #last: Promise<unknown> = Promise.resolve();

  /** @param folder where it lies; default this browser's own folder */
  constructor(folder: Promise<FileStore> = openRoot("report").then((root) => root.folder("now"))) {
    this.#folder = folder;
  }

  /** @throws InputError when what is kept cannot be read; it is left as it is */
  async load(): Promise<Report> {
    const bytes = await (await this.#folder).read(fileName);
    if (!bytes) return emptyReport;
    return parseReport(new TextDecoder().decode(bytes), "the kept report");
  }

  /**
   * Changes the report; one change at a time, whatever tab it comes from.
   *
   * @returns the report as it is then
   * @throws QuotaError when there is no room; the report before stays
   */
  async change(edit: (report: Report) => Report): Promise<Report> {
    const work = async () => {
      const report = edit(await this.load());
      await this.#write(report);
      return report;
    };
    const {locks} = globalThis.navigator ?? {};
    const turn = this.#last.then(() => (locks ? locks.request(channelName, work) : work()));
    this.#last = turn.catch(() => undefined);
    const report = await turn;
    const channel = new BroadcastChannel(channelName);
    channel.postMessage("changed");
    channel.close();
    return report;
  }

  /** Puts a report in the place of the one that is kept, even if that cannot be read. */
  async replace(report: Report): Promise<void> {
    await this.#write(report);
  }

  async #write(report: Report): Promise<void> {
    await (await this.#folder).write(fileName, new TextEncoder().encode(JSON.stringify(report)));
  }
}

/** Calls back when another tab changed the report. @returns a function that ends it */
export function onReportChange(callback: () => void): () => void {
  const channel = new BroadcastChannel(channelName);
  channel.onmessage = callback;
  return () => channel.close();
}
