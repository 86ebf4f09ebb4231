/**
 * A set of strings as a double-array trie over UTF-16 units (Aoe 1989): from a node, the child by
 * unit u is `slot = base[node] + symbol[u]` and exists if `owner[slot] === node`. Walking it
 * allocates nothing, which is what makes encoding fast.
 *
 * Example: with keys ["a", "ab"], stepping from the root 0 by "a" gives a node whose `value` is 0,
 * and from there by "b" one whose value is 1.
 */
export class PieceTrie {
  /** Dense number of each UTF-16 unit, 1 up; 0 for units that no key has. */
  readonly symbol = new Uint16Array(65536);
  base: Int32Array;
  /** Parent of each slot, −1 where the slot is free. */
  owner: Int32Array;
  /** Index of the key that ends at a node, −1 if none does. */
  value: Int32Array;
  #firstFree = 1;

  /** @param keys distinct, non-empty; `value` holds their indices */
  constructor(keys: readonly string[]) {
    let symbols = 0;
    let units = 0;
    for (const key of keys) {
      units += key.length;
      for (let i = 0; i < key.length; ++i) {
        const unit = key.charCodeAt(i);
        if (this.symbol[unit] === 0) this.symbol[unit] = ++symbols;
      }
    }
    const size = Math.max(64, Math.min(units, 1 << 22) + symbols + 2);
    this.base = new Int32Array(size);
    this.owner = new Int32Array(size).fill(-1);
    this.value = new Int32Array(size).fill(-1);
    this.owner[0] = 0; // the root's own slot is taken; no symbol is 0, so it is nobody's child
    this.#build(keys);
  }

  /** The child of a node by a UTF-16 unit, or −1. */
  step(node: number, unit: number): number {
    const symbol = this.symbol[unit]!;
    if (symbol === 0) return -1;
    const slot = this.base[node]! + symbol;
    return this.owner[slot] === node ? slot : -1;
  }

  #build(keys: readonly string[]): void {
    const order = Array.from(keys.keys()).sort((a, b) => (keys[a]! < keys[b]! ? -1 : 1));
    // A node still to be given children: the keys [from, to) of `order` share its first units.
    const todo: {node: number; from: number; to: number; depth: number}[] = [];
    if (order.length) todo.push({node: 0, from: 0, to: order.length, depth: 0});
    const starts: number[] = [];
    const symbols: number[] = [];
    for (let work = todo.pop(); work; work = todo.pop()) {
      const {node, to, depth} = work;
      let {from} = work;
      while (from < to && keys[order[from]!]!.length === depth) this.value[node] = order[from++]!;
      if (from === to) continue;
      starts.length = symbols.length = 0;
      let last = -1;
      for (let i = from; i < to; ++i) {
        const unit = keys[order[i]!]!.charCodeAt(depth);
        if (unit === last) continue;
        last = unit;
        starts.push(i);
        symbols.push(this.symbol[unit]!);
      }
      const base = this.#place(symbols);
      this.base[node] = base;
      for (const symbol of symbols) this.owner[base + symbol] = node;
      for (let i = 0; i < starts.length; ++i)
        todo.push({
          node: base + symbols[i]!,
          from: starts[i]!,
          to: starts[i + 1] ?? to,
          depth: depth + 1
        });
    }
  }

  /** The lowest base (within a bounded search) at which all symbols' slots are free. */
  #place(symbols: readonly number[]): number {
    let least = 65536;
    let most = 0;
    for (const symbol of symbols) {
      if (symbol < least) least = symbol;
      if (symbol > most) most = symbol;
    }
    const {length} = this.owner;
    while (this.#firstFree < length && this.owner[this.#firstFree] !== -1) ++this.#firstFree;
    let tried = 0;
    let slot = Math.max(this.#firstFree, least);
    for (; slot < length && tried < 512; ++slot) {
      if (this.owner[slot] !== -1) continue;
      ++tried;
      const base = slot - least;
      if (base + most >= length) break;
      if (symbols.every((symbol) => this.owner[base + symbol] === -1)) return base;
    }
    // Give up on the crowded front, so that later searches start where there is room.
    if (tried === 512) this.#firstFree = slot;
    let end = length;
    while (end > slot && this.owner[end - 1] === -1) --end;
    const base = Math.max(0, end - least);
    this.#grow(base + most + 1);
    return base;
  }

  #grow(size: number): void {
    const old = this.owner.length;
    if (size <= old) return;
    const grow = (from: Int32Array, fill: number) => {
      const to = new Int32Array(Math.max(size, Math.ceil(old * 1.5))).fill(fill);
      to.set(from);
      return to;
    };
    this.base = grow(this.base, 0);
    this.owner = grow(this.owner, -1);
    this.value = grow(this.value, -1);
  }
}
