/**
 * The rules of SentencePiece's "nmt" normalisation that ALBERT's own steps leave to it: control
 * characters vanish; line ends, zero-width and other unusual spaces, the byte order mark, the
 * replacement character and ▁ itself become a space.
 */
export function nmtRules(): Map<string, string> {
  const rules = new Map<string, string>();
  const add = (from: number, to: number, text: string) => {
    for (let c = from; c <= to; ++c) rules.set(String.fromCodePoint(c), text);
  };
  add(0x01, 0x08, "");
  add(0x0b, 0x0b, "");
  add(0x0e, 0x1f, "");
  for (const c of [0x7f, 0x8f, 0x9f]) add(c, c, "");
  for (const c of [0x09, 0x0a, 0x0c, 0x0d, 0x1680, 0x200b, 0x200c, 0x200e, 0x200f]) add(c, c, " ");
  for (const c of [0x2028, 0x2029, 0x2581, 0xfeff, 0xfffd]) add(c, c, " ");
  return rules;
}

/** A node of the trie that is compiled: children by byte, and a rule that ends here. */
interface Node {
  children: Map<number, Node>;
  value: number;
}

/**
 * Compiles normalisation rules to the bytes SentencePiece reads as `precompiled_charsmap`: the
 * size of a darts-clone double array, the array, and the replacements, each ended by NUL.
 *
 * @param rules replacement by source, neither with NUL in it
 * @see https://github.com/s-yata/darts-clone (the layout of a unit)
 */
export function buildCharsmap(rules: ReadonlyMap<string, string>): Uint8Array {
  const encoder = new TextEncoder();
  const root: Node = {children: new Map(), value: -1};
  const at = new Map<string, number>();
  const replacements: number[] = [];
  for (const [source, text] of rules) {
    if (!at.has(text)) {
      at.set(text, replacements.length);
      replacements.push(...encoder.encode(text), 0);
    }
    let node = root;
    for (const byte of encoder.encode(source)) {
      let child = node.children.get(byte);
      if (!child) node.children.set(byte, (child = {children: new Map(), value: -1}));
      node = child;
    }
    node.value = at.get(text)!;
  }
  const units = layOut(root);
  const bytes = new Uint8Array(4 + units.length * 4 + replacements.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, units.length * 4, true);
  units.forEach((unit, i) => view.setUint32(4 + 4 * i, unit, true));
  bytes.set(replacements, 4 + units.length * 4);
  return bytes;
}

/**
 * The double array. The children of a node lie at `base ^ byte`, its value at `base ^ 0`; its unit
 * holds the byte that led to it, whether it has a value, and `base ^ (its own place)`.
 */
function layOut(root: Node): number[] {
  const units: (number | undefined)[] = [];
  const bases = new Set<number>();
  units[0] = 0;
  const queue: {node: Node; place: number}[] = [{node: root, place: 0}];
  for (const {node, place} of queue) {
    const bytes = [...node.children.keys()].sort((a, b) => a - b);
    const labels = node.value >= 0 ? [0, ...bytes] : bytes;
    if (labels.length === 0) continue;
    let base = 1;
    while (bases.has(base) || labels.some((label) => units[base ^ label] !== undefined)) ++base;
    bases.add(base);
    const offset = place ^ base;
    units[place] = (units[place]! | (offset << 10) | (node.value >= 0 ? 256 : 0)) >>> 0;
    if (node.value >= 0) units[base] = (node.value | 0x80000000) >>> 0;
    for (const byte of bytes) {
      units[base ^ byte] = byte;
      queue.push({node: node.children.get(byte)!, place: base ^ byte});
    }
  }
  // Free units must not look like anyone's children: give them the labels of an unused base.
  const size = Math.ceil(units.length / 256) * 256;
  return Array.from({length: size}, (_, i) => {
    if (units[i] !== undefined) return units[i];
    let unused = i - (i % 256);
    while (bases.has(unused)) ++unused;
    return (i ^ unused) & 255;
  });
}
