/** The public surface of the model. */
export * from "./capture.js";
export * from "./config.js";
export * from "./flops.js";
export * from "./forward.js";
export * from "./gradients.js";
export * from "./heads.js";
export * from "./loss.js";
export * from "./params.js";
export * from "./sharing.js";
export * from "./variants.js";
export * from "./variantNames.js";
export * from "./zoo.js";
