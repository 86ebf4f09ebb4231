import {chromium} from "playwright";
import {serve} from "/work/wt/labs/bin/serve.ts";
const [page_, ...modes] = process.argv.slice(2);
const server = await serve("/work/wt/labs/dist", 0) as any;
const addr = typeof server === "string" ? server : server.url ?? server.address?.() ;
const base = typeof addr === "string" ? addr : `http://127.0.0.1:${addr.port}/`;
const b = await chromium.launch({executablePath: "/usr/bin/chromium", args: ["--no-sandbox","--disable-quic","--disable-background-networking","--disable-component-update","--disable-sync"]});
for (const m of modes.length ? modes : ["1280-light","360-dark"]) {
  const [w, scheme] = m.split("-");
  const p = await b.newPage({viewport: {width: +w!, height: 900}, colorScheme: scheme as any});
  p.on("console", (x) => x.type()==="error" && console.log("ERR", x.text())); p.on("pageerror", (e) => console.log("PAGEERR", e.message));
  await p.goto(base + page_); await p.waitForTimeout(4000);
  console.log(m, "failed:", await p.locator(".observablehq--error").allInnerTexts(), "over", await p.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth));
  await p.screenshot({path: `/tmp/shots/${page_!.replace(/\W/g,"_")}-${m}.png`, fullPage: true});
}
await b.close(); process.exit(0);
