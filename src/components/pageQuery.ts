/**
 * Puts a page's state into its address, where a link to it is copied from, and tells whoever holds
 * the page in a frame.
 *
 * @param query with its question mark; empty for the page as it comes
 */
export function setQuery(query: string): void {
  history.replaceState(null, "", `${location.pathname}${query}${location.hash}`);
  dispatchEvent(new Event("obs-link"));
}
