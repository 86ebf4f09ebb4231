import {readdirSync, readFileSync} from "node:fs";
import {dirname, join} from "node:path";
import {describe, expect, test} from "vitest";
import {
  divergingColor,
  divergingTextColor,
  probabilityColor,
  probabilityTextColor,
  shadeColor
} from "../../src/components/scales.js";

const css = readFileSync("src/style.css", "utf8");

/** Linear RGB, each in [0, 1]. */
type Rgb = readonly [number, number, number];

const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);

function fromHex(hex: string): Rgb {
  const channel = (i: number) => linear(parseInt(hex.slice(i, i + 2), 16) / 255);
  return [channel(1), channel(3), channel(5)];
}

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** WCAG's contrast of two colours, 1 to 21. */
function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
  ];
}

/** Full colour-vision deficiency in linear RGB (Machado, Oliveira and Fernandes 2009, Table 1). */
const deficiencies: Record<string, readonly Rgb[]> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1]
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998]
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881]
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039]
  ]
};

function seenWith(matrix: readonly Rgb[], color: Rgb): Rgb {
  const [r, g, b] = matrix.map((row) =>
    Math.min(1, Math.max(0, row[0] * color[0] + row[1] * color[1] + row[2] * color[2]))
  );
  return [r!, g!, b!];
}

/** The custom properties of one mode that are plain colours. */
function colors(block: string): Map<string, Rgb> {
  return new Map(
    [...block.matchAll(/(--[\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [
      name!,
      fromHex(hex!)
    ])
  );
}

function fromOklab([L, a, b]: Rgb): Rgb {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s
  ];
}

/** What a CSS colour of the scales comes to, where custom properties have these values. */
function resolve(css: string, values: ReadonlyMap<string, Rgb>, turns: string): Rgb {
  const plain = css
    .replace(/var\((--[\w-]+)(?:, (?:[^()]|\([^()]*\)|var\([^()]*\))*)?\)/g, "$1")
    .trim();
  const mixed = /^color-mix\(in oklab, (\S+) ([\d.]+)%, (\S+)\)$/.exec(plain);
  if (mixed) {
    const [over, under] = [mixed[1]!, mixed[3]!].map((name) => oklab(resolve(name, values, turns)));
    const share = Number(mixed[2]) / 100;
    return fromOklab([0, 1, 2].map((i) => under![i]! + (over![i]! - under![i]!) * share) as never);
  }
  const choice =
    /^color-mix\(in srgb, (\S+) clamp\(0%, \(([\d.]+) - (\S+)\) \* 1000000%, 100%\), (\S+)\)$/.exec(
      plain
    );
  if (choice) {
    const turn = Number(new RegExp(`${choice[3]!}: ([\\d.]+);`).exec(turns)![1]);
    return values.get(Number(choice[2]) > turn ? choice[1]! : choice[4]!)!;
  }
  const color = values.get(plain);
  if (!color) throw new Error(`no colour: ${css}`);
  return color;
}

const [lightBlock, darkBlock] = css.split("@media screen and (prefers-color-scheme: dark)");
const modes = [
  {
    mode: "light",
    papers: ["#ffffff", "#f6f6f6"].map(fromHex),
    text: fromHex("#1b1e23"),
    block: lightBlock!,
    values: colors(lightBlock!)
  },
  {
    mode: "dark",
    papers: ["#1e1e1e", "#161616"].map(fromHex),
    text: fromHex("#dfdfd6"),
    block: darkBlock!,
    values: colors(darkBlock!)
  }
];

describe.each(modes)("the scales in $mode", ({papers, text, block, values}) => {
  const all = new Map([
    ...values,
    ["--theme-background", papers[0]!],
    ["--theme-foreground", text]
  ] as const);
  const color = (css: string) => resolve(css, all, block);
  const places = Array.from({length: 1001}, (_, i) => i / 1000);

  test("text on every value of them can be read", () => {
    const worst = (pairs: [string, string][]) =>
      Math.min(...pairs.map(([back, ink]) => contrast(color(back), color(ink))));
    expect(
      worst(places.map((p) => [probabilityColor(p), probabilityTextColor(p)]))
    ).toBeGreaterThan(4.5);
    for (const sign of [-1, 1])
      expect(
        worst(places.map((p) => [divergingColor(sign * p, 1), divergingTextColor(sign * p, 1)]))
      ).toBeGreaterThan(4.5);
    expect(worst(places.map((p) => [shadeColor(p), "--theme-foreground"]))).toBeGreaterThan(4.5);
    expect(worst([[probabilityColor(NaN), probabilityTextColor(NaN)]])).toBeGreaterThan(4.5);
  });

  test.each(Object.entries(deficiencies))("steps can be told apart (%s)", (_, matrix) => {
    const seen = (css: string) => oklab(seenWith(matrix, color(css)));
    const steps = (count: number, of: (t: number) => string) =>
      Array.from({length: count + 1}, (_, i) => seen(of(i / count)));
    const scales = [
      steps(8, (t) => probabilityColor(t)),
      steps(4, (t) => divergingColor(t, 1)),
      steps(4, (t) => divergingColor(-t, 1))
    ];
    for (const scale of scales) {
      const rises = scale.slice(1).map((step, i) => step[0] - scale[i]![0]);
      // lightness goes one way, so that the order is seen without any hue
      expect(new Set(rises.map(Math.sign)).size).toBe(1);
      for (const [i, step] of scale.slice(1).entries())
        expect(distance(step, scale[i]!)).toBeGreaterThan(0.05);
    }
    const [, above, below] = scales;
    for (const i of [2, 3, 4]) expect(distance(above![i]!, below![i]!)).toBeGreaterThan(0.05);
  });
});

describe.each(modes)("the colours in $mode", ({papers, values}) => {
  const worst = (name: string) => Math.min(...papers.map((p) => contrast(p, values.get(name)!)));

  test.each([
    "--theme-foreground-muted",
    "--theme-foreground-faint",
    "--theme-foreground-focus",
    "--theme-green",
    "--theme-red",
    "--theme-yellow",
    "--obs-accent",
    "--obs-muted",
    "--obs-ok",
    "--obs-bad",
    "--obs-q",
    "--obs-k",
    "--obs-v",
    "--obs-positive",
    "--obs-negative"
  ])("%s can be read as text", (name) => {
    expect(worst(name)).toBeGreaterThanOrEqual(4.5);
  });

  test("text on the accent can be read", () => {
    const ratio = contrast(values.get("--obs-accent")!, values.get("--obs-accent-ink")!);
    expect(ratio).toBeGreaterThanOrEqual(4.5);
  });

  const categories = Array.from({length: 8}, (_, i) => `--obs-c${i}`);

  test.each(["--obs-line", ...categories])("%s stands out from the paper", (name) => {
    expect(worst(name)).toBeGreaterThanOrEqual(3);
  });

  test.each(Object.entries(deficiencies))("eight categories differ (%s)", (_, matrix) => {
    const seen = categories.map((name) => oklab(seenWith(matrix, values.get(name)!)));
    const distances = seen.flatMap((a, i) => seen.slice(i + 1).map((b) => distance(a, b)));
    // 0.07 in Oklab is several times a just noticeable difference (0.02)
    expect(Math.min(...distances)).toBeGreaterThan(0.07);
  });
});

function distance(a: Rgb, b: Rgb): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

test("both modes set the same colours", () => {
  const names = (block: string) => [...colors(block).keys()].sort();
  expect(names(darkBlock!)).toEqual(names(lightBlock!));
});

test("every sheet of src/styles is imported, and every import exists", () => {
  const sheets = readdirSync("src/styles", {recursive: true, encoding: "utf8"})
    .filter((file) => file.endsWith(".css"))
    .map((file) => join("src/styles", file));
  const imported = ["src/style.css", ...sheets].flatMap((sheet) =>
    [...readFileSync(sheet, "utf8").matchAll(/@import url\("(\.[^"]+)"\)/g)].map(([, path]) =>
      join(dirname(sheet), path!)
    )
  );
  expect(imported.sort()).toEqual(sheets.sort());
});
