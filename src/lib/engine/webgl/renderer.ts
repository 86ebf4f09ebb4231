import {softwareNames} from "../../albert/plan/webgpu/adapter.js";

type Context = WebGLRenderingContext | WebGL2RenderingContext;

const names = new WeakMap<Context, string>();

/** What draws for a context, in its own words; browsers may say little. */
export function rendererName(gl: Context): string {
  const known = names.get(gl);
  if (known !== undefined) return known;
  const extension = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(extension?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
  names.set(gl, name);
  return name;
}

/** Whether the processor draws. */
export function isEmulated(gl: Context): boolean {
  return softwareNames.test(rendererName(gl));
}
