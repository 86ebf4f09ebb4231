/** The part of Trusted Types that is used here; browsers without them take a plain address. */
interface Factory {
  createPolicy(
    name: string,
    rules: {createScriptURL(address: string): string}
  ): {createScriptURL(address: string): string};
}

/** An address of the site's own, or one made by this page; throws at any other. */
function checked(address: string): string {
  const {origin, protocol} = new URL(address, location.href);
  if (protocol !== "blob:" && origin !== location.origin)
    throw new TypeError(`not a script of this site: ${address}`);
  return address;
}

const factory = (globalThis as {trustedTypes?: Factory}).trustedTypes;
const policy = factory?.createPolicy("albert-observatory", {createScriptURL: checked});

/**
 * The address of a worker's script, as a trusted one where the browser tells them apart.
 *
 * @throws TypeError when it is neither of this site nor made by this page
 */
export function scriptUrl(address: string): string {
  return policy ? policy.createScriptURL(address) : checked(address);
}
