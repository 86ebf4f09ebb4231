import {resolve} from "node:path";
import {builtPaths, expect, test} from "./helpers.js";
import {startHost} from "./hosts.js";

interface Report {
  "csp-report": {
    "source-file"?: string;
    "document-uri": string;
    "script-sample"?: string;
    "line-number"?: number;
  };
}

test("no page of ours hands plain text to what runs scripts", async ({page, watch}) => {
  test.slow();
  const host = await startHost({
    folder: resolve("dist"),
    headers: {
      "content-security-policy-report-only":
        "require-trusted-types-for 'script'; report-uri /reports"
    }
  });
  watch.allow(new RegExp(`off-site request: ${host.origin}/`));
  watch.allow(/policy violation: require-trusted-types-for/);
  watch.allow(/Report Only|TrustedScript|TrustedHTML|trusted-types/);
  try {
    for (const path of builtPaths().filter((path) => !/^\/(404$|glue\/(?!mnli$).)/.test(path))) {
      await page.goto(`${host.origin}${path}`);
      await expect(page.locator("h1").first()).toBeVisible();
      if (path === "/") {
        await page.getByRole("button", {name: "Train"}).click();
        await expect(page.getByRole("button", {name: "Pause"})).toBeEnabled({timeout: 60_000});
      }
      if (path === "/glue/") {
        await page.getByRole("button", {name: /With the same training/}).click();
        await expect(page.locator(".glue-cost")).toHaveText(/ · 6 rows · /, {timeout: 60_000});
      }
      if (path === "/report") {
        await page.getByRole("button", {name: "Write"}).click();
        await page.getByLabel("your words, in Markdown").fill("*so*");
        await expect(page.locator(".report-preview em")).toHaveText("so");
      }
    }
    const reports = host.posted.map((body) => (JSON.parse(body) as Report)["csp-report"]);
    // the lever works: Framework's own client is reported
    expect(reports.some((report) => /_observablehq/.test(report["source-file"] ?? ""))).toBe(true);
    const ours = reports
      .filter((report) => !/\/_observablehq\/|\/_import\/htl\./.test(report["source-file"] ?? ""))
      .map(
        (report) => `${report["source-file"]}:${report["line-number"]} ${report["script-sample"]}`
      );
    expect(ours).toEqual([]);
  } finally {
    // what the last page still asks for is not to fail
    await page.goto("about:blank");
    await host.close();
  }
});
