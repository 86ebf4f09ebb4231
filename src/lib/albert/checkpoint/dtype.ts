/** The element types that are read and written. */
export type Dtype =
  | "BOOL"
  | "U8"
  | "I8"
  | "I16"
  | "U16"
  | "F16"
  | "BF16"
  | "I32"
  | "U32"
  | "F32"
  | "F64"
  | "I64"
  | "U64";

/** Elements of a tensor. F16 and BF16 are widened to Float32Array, exactly; BOOL is 0 or 1. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | BigInt64Array
  | BigUint64Array;

/** A tensor as a file holds it: C order, `data.length` = product of `shape` (1 for `[]`). */
export interface StoredTensor {
  dtype: Dtype;
  shape: number[];
  data: TensorData;
}

/** Bytes per element, in the order in which the reference implementation sorts a file (reversed). */
export const dtypeSizes: ReadonlyMap<Dtype, number> = new Map([
  ["BOOL", 1],
  ["U8", 1],
  ["I8", 1],
  ["I16", 2],
  ["U16", 2],
  ["F16", 2],
  ["BF16", 2],
  ["I32", 4],
  ["U32", 4],
  ["F32", 4],
  ["F64", 8],
  ["I64", 8],
  ["U64", 8]
]);

/** Types of the format that are known but not read here. */
export const unsupportedDtypes: ReadonlySet<string> = new Set([
  "F4",
  "F6_E2M3",
  "F6_E3M2",
  "F8_E5M2",
  "F8_E4M3",
  "F8_E8M0",
  "F8_E5M2FNUZ",
  "F8_E4M3FNUZ",
  "C64"
]);

/**
 * The elements of a tensor from its little-endian bytes. Bytes that start a buffer of their own are
 * viewed, not copied (F16 and BF16 excepted); others are copied, so any alignment is right.
 */
export function decodeElements(dtype: Dtype, bytes: Uint8Array): TensorData {
  const size = dtypeSizes.get(dtype)!;
  const own = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  const {buffer, byteOffset} = own;
  const length = own.byteLength / size;
  switch (dtype) {
    case "BOOL":
    case "U8":
      return own;
    case "I8":
      return new Int8Array(buffer, byteOffset, length);
    case "I16":
      return new Int16Array(buffer, byteOffset, length);
    case "U16":
      return new Uint16Array(buffer, byteOffset, length);
    case "F16":
      return widen(new Uint16Array(buffer, byteOffset, length), halfToSingleBits);
    case "BF16":
      return widen(new Uint16Array(buffer, byteOffset, length), (bits) => bits << 16);
    case "I32":
      return new Int32Array(buffer, byteOffset, length);
    case "U32":
      return new Uint32Array(buffer, byteOffset, length);
    case "F32":
      return new Float32Array(buffer, byteOffset, length);
    case "F64":
      return new Float64Array(buffer, byteOffset, length);
    case "I64":
      return new BigInt64Array(buffer, byteOffset, length);
    case "U64":
      return new BigUint64Array(buffer, byteOffset, length);
  }
}

/**
 * The little-endian bytes of a tensor's elements; the inverse of `decodeElements`. F16 and BF16 are
 * rounded to the nearest, ties to even.
 *
 * @throws TypeError if the array is not of the kind that `decodeElements` gives for the type
 */
export function encodeElements(dtype: Dtype, data: TensorData): Uint8Array {
  const wide = dtype === "F16" || dtype === "BF16" ? "F32" : dtype;
  const expected = decodeElements(wide, new Uint8Array(0)).constructor;
  if (data.constructor !== expected)
    throw new TypeError(`${dtype} tensors are ${expected.name}, got ${data.constructor.name}`);
  if (wide === dtype) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const narrow = dtype === "F16" ? singleToHalfBits : singleToBrainBits;
  const out = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; ++i) out[i] = narrow(bits[i]!);
  return new Uint8Array(out.buffer);
}

/**
 * The elements as float32 numbers: the array itself if it is one, else a copy, rounded to nearest.
 * Integers beyond 2²⁴ and F64 values lose digits; F64 values beyond 3.4e38 become infinite.
 */
export function toFloat32(data: TensorData): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    return Float32Array.from(data as Iterable<bigint>, Number);
  return new Float32Array(data);
}

function widen(half: Uint16Array, convert: (bits: number) => number): Float32Array {
  const bits = new Uint32Array(half.length);
  for (let i = 0; i < half.length; ++i) bits[i] = convert(half[i]!);
  return new Float32Array(bits.buffer);
}

/** The bits of the float32 equal to an IEEE half given by its 16 bits. */
function halfToSingleBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  let exponent = (half >> 10) & 31;
  let mantissa = half & 0x3ff;
  if (exponent === 31) return sign | 0x7f800000 | (mantissa << 13);
  if (exponent === 0) {
    if (mantissa === 0) return sign;
    const shift = Math.clz32(mantissa) - 21; // brings the leading one to bit 10
    mantissa = (mantissa << shift) & 0x3ff;
    exponent = 1 - shift;
  }
  return sign | ((exponent + 112) << 23) | (mantissa << 13);
}

/** The 16 bits of the half nearest to a float32 given by its bits; ties to even. */
function singleToHalfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude >= 0x7f800000)
    return sign | 0x7c00 | (magnitude > 0x7f800000 ? (bits >> 13) & 0x3ff || 1 : 0);
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 65536; rounding takes 65520 there too
  if (magnitude >= 0x38800000) return sign | roundShift(magnitude - 0x38000000, 13);
  const exponent = magnitude >>> 23;
  if (exponent < 102) return sign; // below half the smallest subnormal
  return sign | roundShift((magnitude & 0x7fffff) | 0x800000, 126 - exponent);
}

/** The 16 bits of the bfloat16 nearest to a float32 given by its bits; ties to even. */
function singleToBrainBits(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) {
    const kept = bits >>> 16;
    return (kept & 0x7f) === 0 ? kept | 1 : kept;
  }
  return (((bits & 0x7fffffff) + 0x7fff + ((bits >>> 16) & 1)) >>> 16) | ((bits >>> 16) & 0x8000);
}

/** `value / 2^shift` rounded to the nearest integer, ties to even; shift in [1, 24]. */
function roundShift(value: number, shift: number): number {
  const half = 1 << (shift - 1);
  const rest = value & ((1 << shift) - 1);
  const quotient = value >>> shift;
  return rest > half || (rest === half && (quotient & 1) === 1) ? quotient + 1 : quotient;
}
