/** The site's name, as pages and saved files give it. */
export const siteName = "ALBERT Observatory";

/** The version in package.json. */
export const siteVersion = "0.1.0";

/** What a link to one view of a page adds to the page's address; see `src/embed.md`. */
export const embedKey = "embed";
