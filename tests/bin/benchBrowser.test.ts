import {describe, expect, test} from "vitest";
import {browserBenchOptions} from "../../bin/benchBrowser.js";
import {InputError} from "../../src/lib/errors.js";

describe("browserBenchOptions(argv)", () => {
  test("takes sizes, backend, rounds and headers, with defaults", () => {
    expect(browserBenchOptions([])).toEqual({
      shapes: ["phone", "standard"],
      backend: "wasm",
      rounds: "5",
      isolated: false,
      output: undefined
    });
    const flags = ["--shape", "lab", "--backend", "webgpu", "--rounds", "15", "--isolated"];
    expect(browserBenchOptions([...flags, "--output", "a.json"])).toEqual({
      shapes: ["lab"],
      backend: "webgpu",
      rounds: "15",
      isolated: true,
      output: "a.json"
    });
  });

  test.each([
    [["--shape", "huge"], /--shape: huge \(expected phone, standard, lab\)/],
    [["--rounds", "7"], /--rounds: 7 \(expected 5, 15\)/],
    [["--backend", "vulkan"], /--backend: vulkan/],
    [["--speed"], /--speed/]
  ])("refuses %j", (argv, message) => {
    expect(() => browserBenchOptions(argv)).toThrow(InputError);
    expect(() => browserBenchOptions(argv)).toThrow(message);
  });
});
