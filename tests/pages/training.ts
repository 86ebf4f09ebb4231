/** What the tests of pages that train have in common. */
import {expect, type Locator, type Page} from "@playwright/test";
import {open} from "./helpers.js";

/** A model that takes a few milliseconds a step on any backend, as a link carries it. */
export const tinyRecipe = {
  "model.embedding_size": "8",
  "model.hidden_size": "16",
  "model.num_hidden_layers": "2",
  "model.num_attention_heads": "2",
  "model.intermediate_size": "24",
  "tokenizer.vocab_size": "150",
  "corpus.generate.documents": "20",
  "batch.size": "5",
  "batch.sequence_length": "20",
  "optimizer.learning_rate": "0.01",
  "schedule.warmup_steps": "3",
  "capture.evaluate_every": "0",
  "capture.checkpoint_every": "0"
};

/** Weights that double at every step, until their squares are no numbers: between steps 20 and 40. */
export const diverging = {
  "optimizer.name": "lamb",
  "optimizer.learning_rate": "1",
  "optimizer.max_grad_norm": "0",
  "optimizer.weight_decay": "0",
  "schedule.warmup_steps": "0",
  "schedule.decay": "constant",
  "capture.checkpoint_every": "20"
};

/** A query with the tiny recipe and what a test changes of it. */
export function tiny(change: Record<string, string> = {}): string {
  return `?${new URLSearchParams({...tinyRecipe, ...change})}`;
}

/** The parts of a page that trains. */
export class TrainingPage {
  readonly page: Page;
  readonly status: Locator;
  readonly message: Locator;

  constructor(page: Page) {
    this.page = page;
    this.status = page.getByRole("status");
    this.message = page.locator(".obs-run .obs-error");
  }

  /** Opens the page and waits until it can be told something. */
  async open(path: string): Promise<this> {
    await open(this.page, path);
    await expect(this.status).toHaveText(/^step 0 of /, {timeout: 60_000});
    return this;
  }

  button(name: "Train" | "Pause" | "Step" | "Reset"): Locator {
    return this.page.getByRole("button", {name, exact: true});
  }

  /** Steps done, as the status line has them; −1 while it says something else. */
  async step(): Promise<number> {
    const line = (await this.status.textContent()) ?? "";
    return Number(/^step (\d+) of/.exec(line)?.[1] ?? -1);
  }

  /** Waits until the run stands at a step or beyond. */
  async reach(step: number, timeout = 90_000): Promise<void> {
    await expect.poll(() => this.step(), {timeout}).toBeGreaterThanOrEqual(step);
  }

  /** Pauses and gives the step at which the run stands. */
  async pause(): Promise<number> {
    await this.button("Pause").click();
    await expect(this.status).toHaveText(/ · paused$/, {timeout: 60_000});
    return this.step();
  }

  /** Waits for the last step. */
  async finish(timeout = 90_000): Promise<void> {
    await expect(this.status).toHaveText(/ · done$/, {timeout});
  }

  /** A column of the table twin of a figure, top to bottom. */
  async column(title: RegExp, name: string): Promise<number[]> {
    const figure = this.page.getByRole("figure", {name: title});
    const toggle = figure.getByRole("button", {name: "Table", exact: true});
    await toggle.click();
    const heads = await figure.locator("thead th").allInnerTexts();
    const at = heads.indexOf(name);
    expect(at, `columns: ${heads.join(", ")}`).toBeGreaterThanOrEqual(0);
    const cells = await figure.locator(`tbody td:nth-child(${at + 1})`).allInnerTexts();
    await toggle.click();
    return cells.map((cell) => Number(cell.replaceAll(",", "").replace("−", "-")));
  }

  /** Gives a file by dropping it on the page's drop zone. */
  async drop(name: string, content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === "string" ? Buffer.from(content) : Buffer.from(content);
    const transfer = await this.page.evaluateHandle(
      ([file, base64]) => {
        const data = new DataTransfer();
        const decoded = Uint8Array.from(atob(base64!), (c) => c.charCodeAt(0));
        data.items.add(new File([decoded], file!));
        return data;
      },
      [name, bytes.toString("base64")]
    );
    await this.page.locator(".obs-zone").dispatchEvent("drop", {dataTransfer: transfer});
  }

  /** Pastes a text and chooses it. */
  async paste(text: string): Promise<void> {
    await this.page.getByLabel("or paste text here").fill(text);
    await this.page.getByRole("button", {name: "Use this text"}).click();
  }
}

/** Mean of numbers. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
