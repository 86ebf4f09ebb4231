/** Dispatches with their pipelines, ready to be recorded into a pass again and again. */
import {encodeWords, wordCount, type Dispatch, type Kernel} from "./kernel.js";

/** Pipelines of a device, each compiled once however many plans use it. */
interface Pipelines {
  bindings: GPUBindGroupLayout;
  layout: GPUPipelineLayout;
  byCode: Map<string, Promise<GPUComputePipeline>>;
  /** Those that need not be waited for. */
  ready: Map<string, GPUComputePipeline>;
}
const known = new WeakMap<GPUDevice, Pipelines>();

/** GPUShaderStage.COMPUTE and the usages of buffers, which Node has no global names for. */
const computeStage = 4;
export const usage = {mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128} as const;

function pipelinesOf(device: GPUDevice): Pipelines {
  let found = known.get(device);
  if (!found) {
    const bindings = device.createBindGroupLayout({
      entries: [
        {binding: 0, visibility: computeStage, buffer: {type: "storage"}},
        {
          binding: 1,
          visibility: computeStage,
          buffer: {type: "uniform", hasDynamicOffset: true, minBindingSize: 4 * wordCount}
        }
      ]
    });
    const layout = device.createPipelineLayout({bindGroupLayouts: [bindings]});
    found = {bindings, layout, byCode: new Map(), ready: new Map()};
    known.set(device, found);
  }
  return found;
}

function pipelineOf(device: GPUDevice, {name, code}: Kernel): Promise<GPUComputePipeline> {
  const {layout, byCode, ready} = pipelinesOf(device);
  let found = byCode.get(code);
  if (!found) {
    const module = device.createShaderModule({label: name, code});
    found = device
      .createComputePipelineAsync({label: name, layout, compute: {module, entryPoint: "main"}})
      .then((pipeline) => {
        ready.set(code, pipeline);
        return pipeline;
      })
      .catch((error: unknown) => {
        byCode.delete(code);
        throw new Error(
          `kernel ${name}: ${error instanceof Error ? error.message : String(error)}`
        );
      });
    byCode.set(code, found);
  }
  return found;
}

/** The same without waiting: the device compiles what it does not know before it runs it. */
function pipelineNow(device: GPUDevice, {name, code}: Kernel): GPUComputePipeline {
  const {layout, byCode, ready} = pipelinesOf(device);
  let found = ready.get(code);
  if (!found) {
    const module = device.createShaderModule({label: name, code});
    found = device.createComputePipeline({
      label: name,
      layout,
      compute: {module, entryPoint: "main"}
    });
    ready.set(code, found);
    byCode.set(code, Promise.resolve(found));
  }
  return found;
}

/** The words of all dispatches, a slot to each, in a buffer of their own. */
function wordsOf(device: GPUDevice, dispatches: readonly Dispatch[]): GPUBuffer {
  const slot = slotOf(device);
  const most = device.limits.maxComputeWorkgroupsPerDimension;
  const bytes = new ArrayBuffer(slot * Math.max(1, dispatches.length));
  const view = new DataView(bytes);
  dispatches.forEach((dispatch, i) => {
    if (dispatch.groups.some((count) => count > most))
      throw new Error(`${dispatch.kernel.name}: more than ${most} workgroups along one axis`);
    encodeWords(dispatch, view, i * slot);
  });
  const words = device.createBuffer({
    label: "words",
    size: bytes.byteLength,
    usage: usage.uniform | usage.copyTarget
  });
  device.queue.writeBuffer(words, 0, bytes);
  return words;
}

const slotOf = ({limits}: GPUDevice) =>
  Math.max(4 * wordCount, limits.minUniformBufferOffsetAlignment);

/** One recorded dispatch. */
interface Command {
  pipeline: GPUComputePipeline;
  /** Of its words in the uniform buffer. */
  offset: number;
  groups: readonly [number, number, number];
}

export class Commands {
  readonly #device: GPUDevice;
  readonly #commands: readonly Command[];
  readonly #words: GPUBuffer;
  #bindings: {arena: GPUBuffer; group: GPUBindGroup} | null = null;

  private constructor(device: GPUDevice, commands: readonly Command[], words: GPUBuffer) {
    this.#device = device;
    this.#commands = commands;
    this.#words = words;
  }

  /**
   * Compiles what is not compiled yet, all at once.
   *
   * @param onProgress told the share that is done, in [0, 1]
   * @throws Error that names a kernel the device does not compile
   */
  static async prepare(
    device: GPUDevice,
    dispatches: readonly Dispatch[],
    onProgress: (fraction: number) => void = () => {}
  ): Promise<Commands> {
    const kernels = new Map(dispatches.map(({kernel}) => [kernel.code, kernel]));
    let done = 0;
    const compiled = new Map(
      await Promise.all(
        Array.from(kernels, async ([code, kernel]) => {
          const pipeline = await pipelineOf(device, kernel);
          onProgress(++done / kernels.size);
          return [code, pipeline] as const;
        })
      )
    );
    return Commands.#of(device, dispatches, ({code}) => compiled.get(code)!);
  }

  /** The same at once; a kernel that the device does not compile shows when it is run. */
  static prepareNow(device: GPUDevice, dispatches: readonly Dispatch[]): Commands {
    return Commands.#of(device, dispatches, (kernel) => pipelineNow(device, kernel));
  }

  static #of(
    device: GPUDevice,
    dispatches: readonly Dispatch[],
    pipelineFor: (kernel: Kernel) => GPUComputePipeline
  ): Commands {
    const slot = slotOf(device);
    const commands = dispatches.map(({kernel, groups}, i): Command => ({
      pipeline: pipelineFor(kernel),
      offset: i * slot,
      groups
    }));
    return new Commands(device, commands, wordsOf(device, dispatches));
  }

  get length(): number {
    return this.#commands.length;
  }

  /** Records commands `from` … `to` − 1 on an arena. */
  record(encoder: GPUCommandEncoder, arena: GPUBuffer, from = 0, to = this.length): void {
    if (this.#bindings?.arena !== arena) {
      const {bindings} = pipelinesOf(this.#device);
      const entries = [
        {binding: 0, resource: {buffer: arena}},
        {binding: 1, resource: {buffer: this.#words, size: 4 * wordCount}}
      ];
      const group = this.#device.createBindGroup({layout: bindings, entries});
      this.#bindings = {arena, group};
    }
    const {group} = this.#bindings!;
    const pass = encoder.beginComputePass();
    let last: GPUComputePipeline | null = null;
    const offsets = [0];
    for (let i = from; i < to; ++i) {
      const {pipeline, offset, groups} = this.#commands[i]!;
      if (pipeline !== last) pass.setPipeline(pipeline);
      last = pipeline;
      offsets[0] = offset;
      pass.setBindGroup(0, group, offsets);
      pass.dispatchWorkgroups(groups[0], groups[1], groups[2]);
    }
    pass.end();
  }

  dispose(): void {
    this.#words.destroy();
  }
}
