/**
 * Unpacks LZ4 frames, the form that Arrow and Feather files use. Blocks of a frame may refer to what
 * those before them gave, so all are unpacked into one place.
 *
 * Source: lz4_Frame_format.md and lz4_Block_format.md of lz4/lz4.
 */

const magic = 0x184d2204;

/** Bits of the byte that describes a frame. */
const flag = {dictionary: 1, size: 8, blockSums: 16} as const;

/**
 * @param most bytes that it may unpack to
 * @throws Error where it is no such frame, its bytes do not make one whole, or it unpacks to more
 */
export function unpackLz4Frame(packed: Uint8Array, most: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  if (view.getUint32(0, true) !== magic) throw new Error("no LZ4 frame");
  const flags = view.getUint8(4);
  if (flags & flag.dictionary) throw new Error("an LZ4 frame that needs a dictionary");
  const output = new Output(most);
  let at = flags & flag.size ? 15 : 7;
  for (;;) {
    const head = view.getUint32(at, true);
    at += 4;
    if (head === 0) return output.bytes();
    const length = head & 0x7fff_ffff;
    if (at + length > packed.length) throw new Error("an LZ4 frame that ends too early");
    const block = packed.subarray(at, at + length);
    if (head >>> 31 === 1) output.append(block);
    else unpackBlock(block, output);
    at += length + (flags & flag.blockSums ? 4 : 0);
  }
}

function unpackBlock(block: Uint8Array, output: Output): void {
  let at = 0;
  const byte = () => {
    if (at >= block.length) throw new Error("an LZ4 block that ends too early");
    return block[at++]!;
  };
  /** A length of which four bits are known: 15 means that bytes follow, up to one below 255. */
  const whole = (bits: number) => {
    let length = bits;
    for (let more = bits === 15 ? 255 : 0; more === 255; length += more) more = byte();
    return length;
  };
  while (at < block.length) {
    const token = byte();
    const literals = whole(token >> 4);
    if (at + literals > block.length) throw new Error("an LZ4 block that ends too early");
    output.append(block.subarray(at, at + literals));
    at += literals;
    if (at === block.length) return; // the last sequence has no match
    const distance = byte() + 256 * byte();
    output.repeat(distance, whole(token & 15) + 4);
  }
}

/** Bytes up to a number of them. */
class Output {
  readonly #bytes: Uint8Array;
  #length = 0;

  constructor(most: number) {
    this.#bytes = new Uint8Array(most);
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  append(bytes: Uint8Array): void {
    this.#check(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Repeats what stands `distance` bytes before the end; the two may overlap. */
  repeat(distance: number, length: number): void {
    if (distance === 0 || distance > this.#length)
      throw new Error("an LZ4 block that refers to what is not there");
    this.#check(length);
    const from = this.#length - distance;
    if (distance >= length) this.#bytes.copyWithin(this.#length, from, from + length);
    else for (let i = 0; i < length; ++i) this.#bytes[this.#length + i] = this.#bytes[from + i]!;
    this.#length += length;
  }

  #check(more: number): void {
    if (this.#length + more > this.#bytes.length)
      throw new Error(`an LZ4 frame that unpacks to over ${this.#bytes.length} bytes`);
  }
}
