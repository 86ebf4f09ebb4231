/** A Firefox of this machine, driven through WebDriver BiDi: what Playwright drives is not Debian's. */
import {spawn, type ChildProcess} from "node:child_process";
import {existsSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {delimiter, join} from "node:path";
import WebSocket from "ws";

/** The path of Firefox; null where this machine has none. */
export function locateFirefox(): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const paths = ["firefox-esr", "firefox"].flatMap((name) => folders.map((f) => join(f, name)));
  return process.env.ALBERT_FIREFOX ?? paths.find((path) => existsSync(path)) ?? null;
}

interface Answer {
  id?: number;
  type: "success" | "error" | "event";
  method?: string;
  result?: unknown;
  params?: unknown;
  message?: string;
}

/** One tab of a Firefox without a window. */
export class Firefox {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #sent = 0;
  #context = "";
  /** The realms of pages that were left: what they were still loading ends as an error of theirs. */
  readonly #left = new Set<string>();
  /** Errors of the console and addresses that were asked for, since the page was opened. */
  readonly errors: string[] = [];
  readonly asked: string[] = [];

  private constructor(process: ChildProcess, profile: string, socket: WebSocket) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.on("message", (data: Buffer) => this.#receive(JSON.parse(data.toString()) as Answer));
  }

  /** Starts it with a profile of its own. */
  static async start(path: string, preferences: Record<string, unknown> = {}): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), "albert-firefox-"));
    const lines = Object.entries({"app.update.enabled": false, ...preferences}).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`
    );
    writeFileSync(join(profile, "user.js"), lines.join(""));
    const args = ["--headless", "--no-remote", "--profile", profile];
    const process = spawn(path, [...args, "--remote-debugging-port", "0"], {
      stdio: ["ignore", "ignore", "pipe"]
    });
    const address = await new Promise<string>((resolve, reject) => {
      let said = "";
      process.stderr.on("data", (data: Buffer) => {
        said += data.toString();
        const found = /WebDriver BiDi listening on (ws:\S+)/.exec(said)?.[1];
        if (found) resolve(found);
      });
      process.once("exit", (code) => reject(new Error(`Firefox ended with ${code}: ${said}`)));
    });
    const socket = new WebSocket(`${address}/session`);
    await new Promise((ready, failed) => socket.once("open", ready).once("error", failed));
    const firefox = new Firefox(process, profile, socket);
    await firefox.#send("session.new", {capabilities: {}});
    await firefox.#send("session.subscribe", {
      events: ["log.entryAdded", "network.beforeRequestSent"]
    });
    const {context} = (await firefox.#send("browsingContext.create", {type: "tab"})) as {
      context: string;
    };
    firefox.#context = context;
    return firefox;
  }

  #send(method: string, params: object): Promise<unknown> {
    const id = ++this.#sent;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({type, result, message}) =>
        type === "success" ? resolve(result) : reject(new Error(`${method}: ${message}`))
      );
      this.#socket.send(JSON.stringify({id, method, params}));
    });
  }

  #receive({id, method, params, ...answer}: Answer): void {
    if (id !== undefined) {
      this.#waiting.get(id)?.(answer);
      this.#waiting.delete(id);
    } else if (method === "log.entryAdded") {
      const {level, text, source, args} = params as {
        level: string;
        text: string;
        source: {realm: string};
        args?: unknown[];
      };
      // an error that was logged as an object has no text of its own
      const words = args ? `${text} ${JSON.stringify(args).slice(0, 500)}` : text;
      if (level === "error" && !this.#left.has(source.realm)) this.errors.push(words);
    } else if (method === "network.beforeRequestSent") {
      const {url} = (params as {request: {url: string}}).request;
      if (/^https?:/.test(url)) this.asked.push(url);
    }
  }

  /** Opens a page and waits until it and what it loads at once are there. */
  async open(url: string): Promise<void> {
    const go = (to: string) =>
      this.#send("browsingContext.navigate", {context: this.#context, url: to, wait: "complete"});
    // of its frames too, which are contexts of their own
    const {realms} = (await this.#send("script.getRealms", {})) as {realms: {realm: string}[]};
    for (const {realm} of realms) this.#left.add(realm);
    await go("about:blank");
    this.errors.length = this.asked.length = 0;
    await go(url);
  }

  /** Runs a function in the page; what it gives must be JSON. */
  async evaluate<T, A extends unknown[]>(work: (...args: A) => T, ...args: A): Promise<Awaited<T>> {
    const call = `${String(work)}`;
    const given = args.map((arg) => JSON.stringify(arg)).join(",");
    const answer = (await this.#send("script.evaluate", {
      expression: `(async () => JSON.stringify({value: await (${call})(${given})}))()`,
      target: {context: this.#context},
      awaitPromise: true
    })) as {result?: {value: string}; exceptionDetails?: {text: string}};
    if (!answer.result) throw new Error(answer.exceptionDetails?.text ?? "nothing came back");
    return (JSON.parse(answer.result.value) as {value: Awaited<T>}).value;
  }

  /** Asks again and again until the answer is true. */
  async until<A extends unknown[]>(work: (...args: A) => boolean, ...args: A): Promise<void> {
    const end = Date.now() + 120_000;
    while (!(await this.evaluate(work, ...args))) {
      if (Date.now() > end) throw new Error(`never came true: ${String(work)}`);
      await new Promise((later) => setTimeout(later, 100));
    }
  }

  /** Presses the button whose label matches. */
  press(label: string): Promise<void> {
    return this.evaluate((pattern) => {
      const buttons = [...document.querySelectorAll("button")];
      const found = buttons.find((each) => new RegExp(pattern).test(each.textContent!.trim()));
      if (!found) throw new Error(`no button ${pattern}`);
      found.click();
    }, label);
  }

  async close(): Promise<void> {
    const ended = new Promise((done) => this.#process.once("exit", done));
    await this.#send("browser.close", {}).catch(() => this.#process.kill());
    this.#socket.close();
    await ended;
    rmSync(this.#profile, {recursive: true, force: true});
  }
}
