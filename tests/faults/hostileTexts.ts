/** Texts that would run, load or break something where they were taken for markup, code or addresses. */

const act = "window.ran=1";

const tags = [
  `<script>${act}</script>`,
  `<ScRiPt>${act}</sCrIpT>`,
  `<script src=https://example.org/x.js></script>`,
  `<script\n>${act}</script\n>`,
  `<script/x>${act}</script>`,
  `<<script>${act}//<</script>`,
  `"><script>${act}</script>`,
  `'><script>${act}</script>`,
  `</title><script>${act}</script>`,
  `</textarea><script>${act}</script>`,
  `</style><script>${act}</script>`,
  `</script><script>${act}</script>`,
  `--><script>${act}</script>`,
  `]]><script>${act}</script>`,
  `<scr<script>ipt>${act}</scr</script>ipt>`,
  `<iframe src="javascript:${act}"></iframe>`,
  `<iframe srcdoc="<script>parent.${act}</script>"></iframe>`,
  `<object data="javascript:${act}">`,
  `<embed src="javascript:${act}">`,
  `<base href="https://example.org/">`,
  `<link rel=stylesheet href=https://example.org/x.css>`,
  `<meta http-equiv=refresh content="0;url=javascript:${act}">`,
  `<form action="javascript:${act}"><button>x</button></form>`,
  `<math href="javascript:${act}">x</math>`,
  `<style>@import'https://example.org/x.css';</style>`,
  `<style>*{background:url(https://example.org/x)}</style>`,
  `<noscript><p title="</noscript><img src=x onerror=${act}>">`,
  `<template><script>${act}</script></template>`,
  `<svg><script>${act}</script></svg>`,
  `<svg><style><img src=x onerror=${act}></style></svg>`,
  `<svg><foreignObject><script>${act}</script></foreignObject></svg>`,
  `<svg><a xlink:href="javascript:${act}"><text>x</text></a></svg>`,
  `<svg><animate onbegin=${act} attributeName=x dur=1s>`,
  `<svg><set attributeName=onmouseover to=${act}>`,
  `<svg><use href="data:image/svg+xml,<svg id=x onload=${act}>#x"/>`,
  `<math><mtext><table><mglyph><style><img src=x onerror=${act}>`,
  `<xmp><img src=x onerror=${act}></xmp>`,
  `<plaintext><script>${act}</script>`,
  `<isindex action="javascript:${act}">`,
  `<?xml version="1.0"?><script>${act}</script>`,
  `<!--[if IE]><script>${act}</script><![endif]-->`,
  `<![CDATA[<script>${act}</script>]]>`
];

const handlers = [
  ...["img src=x onerror", "body onload", "svg onload", "input autofocus onfocus", "video onerror"],
  ...[
    "details open ontoggle",
    "marquee onstart",
    "div onclick",
    "p onmouseover",
    "a onpointerdown"
  ],
  ...["audio src=x onerror", "select autofocus onfocus", "iframe onload", "object onerror"],
  ...["textarea autofocus onfocus", "keygen autofocus onfocus", "svg/onload", "img/src/onerror"],
  ...["style onload", "link rel=stylesheet href=x onerror", "form onsubmit", "button onblur"]
].map((open) => `<${open}=${act}>`);

const attributes = [
  `" onmouseover="${act}`,
  `' onmouseover='${act}`,
  `" autofocus onfocus="${act}" x="`,
  `x" style="background:url(https://example.org/x)`,
  `\` onerror=${act} \``,
  `">`,
  `'>`,
  `&quot; onload=&quot;${act}`,
  `&#34; onload=&#34;${act}`
];

const addresses = [
  `javascript:${act}`,
  `JaVaScRiPt:${act}`,
  `java\tscript:${act}`,
  `java\nscript:${act}`,
  ` javascript:${act}`,
  `\u0001javascript:${act}`,
  `javascript&colon;${act}`,
  `&#106;avascript:${act}`,
  `vbscript:msgbox(1)`,
  `data:text/html,<script>${act}</script>`,
  `data:text/html;base64,PHNjcmlwdD53aW5kb3cucmFuPTE8L3NjcmlwdD4=`,
  `//example.org/x.js`,
  `https://example.org/x?`,
  `file:///etc/passwd`,
  `blob:https://example.org/x`
];

const encoded = [
  `&lt;script&gt;${act}&lt;/script&gt;`,
  `%3Cscript%3E${act}%3C/script%3E`,
  `\\u003cscript\\u003e${act}\\u003c/script\\u003e`,
  `\\x3cscript\\x3e${act}`,
  `+ADw-script+AD4-${act}`,
  `\u00bcscript\u00be${act}`,
  `\uff1cscript\uff1e${act}`,
  `<\u0000script>${act}</script>`,
  `<img src=x\u0000 onerror=${act}>`,
  `<img\u000csrc=x\u000conerror=${act}>`
];

const templates = [
  "${window.ran=1}",
  "{{window.ran=1}}",
  "{{constructor.constructor('window.ran=1')()}}",
  "<%= window.ran=1 %>",
  "#{window.ran=1}",
  "`${window.ran=1}`",
  "');window.ran=1;//",
  '");window.ran=1;//',
  "*/window.ran=1;/*",
  '=HYPERLINK("https://example.org")',
  "@SUM(1)",
  "[x](javascript:window.ran=1)",
  '![x](x"onerror="window.ran=1)',
  "'; DROP TABLE runs; --",
  "url(https://example.org/x)",
  "expression(window.ran=1)"
];

const names = [
  ...["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "undefined", "null"],
  ...["../../etc/passwd", "con", "\u202etxt.exe", "\u2066x\u2069", "e\u0301".repeat(40)],
  ...["\ud800", "\u0000", "\u200b", "x".repeat(5000), "😀".repeat(50), "\r\nSet-Cookie: a=b"]
];

/** More than a hundred texts. */
export const hostileTexts: readonly string[] = [
  ...[...tags, ...handlers, ...attributes, ...addresses, ...encoded, ...templates, ...names]
];
