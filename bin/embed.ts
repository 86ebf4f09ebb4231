/** Writes what other sites import, under names that do not change: `embed.js` and `embed.css`. */
import {readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";
import {build} from "esbuild";

/** The named colours of the site, light and dark, from the end of its style sheet. */
function colors(styleSheet: string): string {
  return styleSheet.slice(styleSheet.indexOf(":root"));
}

/** Bundles the module and its style sheet into a built site. */
export async function buildEmbed(dist: string): Promise<void> {
  const common = {bundle: true, minify: true, write: false, logLevel: "warning"} as const;
  const [script, style] = await Promise.all([
    build({
      ...common,
      entryPoints: ["src/embed.ts"],
      format: "esm",
      target: "es2022",
      legalComments: "none"
    }),
    build({...common, entryPoints: ["src/styles/views.css"]})
  ]);
  writeFileSync(join(dist, "embed.js"), script.outputFiles[0]!.text);
  const css = colors(readFileSync("src/style.css", "utf8")) + style.outputFiles[0]!.text;
  writeFileSync(join(dist, "embed.css"), css);
}
