import js from "@eslint/js";
import tseslint from "typescript-eslint";

const pageOnly = ["d3", "d3-*", "htl", "@observablehq/*", "@codemirror/*", "observablehq:*"];
const tensors = ["@tensorflow/*"];
const up = (folder) => [`**/${folder}/**`, `**/${folder}`];

/** Folders of src/lib and what each may not know; see CONTRIBUTING.md. */
export default tseslint.config(
  {
    ignores: [
      "node_modules",
      "dist",
      "src/vendor",
      "src/lib/albert/plan/assembly",
      "src/.observablehq",
      "test-results",
      "playwright-report"
    ]
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unused-vars": ["error", {argsIgnorePattern: "^_"}],
      "no-undef": "off",
      eqeqeq: ["error", "always", {null: "ignore"}]
    }
  },
  {
    files: ["src/lib/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", "document", "window"],
      "no-restricted-imports": [
        "error",
        {patterns: [{group: [...pageOnly, ...up("components")], message: "lib knows no page"}]}
      ]
    }
  },
  {
    files: ["src/lib/**/*.ts"],
    ignores: ["src/lib/albert/**", "src/lib/engine/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {group: [...pageOnly, ...up("components")], message: "lib knows no page"},
            {group: tensors, message: "tensors live in lib/albert and lib/engine"}
          ]
        }
      ]
    }
  },
  {
    files: ["src/lib/albert/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {group: [...pageOnly, ...up("components")], message: "lib knows no page"},
            {
              group: [...up("engine"), ...up("store")],
              message: "the model knows no engine or store"
            }
          ]
        }
      ]
    }
  },
  {
    files: ["src/components/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", "fetch", "Worker"],
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {group: tensors, message: "views get typed arrays, never tensors"},
            {group: up("engine"), allowTypeImports: true, message: "views know only lib's types"}
          ]
        }
      ]
    }
  }
);
