import { dynamicProvider } from "./host/dynamic";
import { createHost } from "./host/process";

const host = createHost();

// States of every stack refer to these names: they can never change.

/** The handler of `Registry`. */
export const registry = dynamicProvider(async () => (await import("./resources/registry.js")).registryLifecycle, host);

/** The handler of `PlatformImage`. */
export const platformImage = dynamicProvider(
  async () => (await import("./resources/platformImage/lifecycle.js")).platformImageLifecycle,
  host,
);

/** The handler of `MultiArchImage`. */
export const multiArchImage = dynamicProvider(
  async () => (await import("./resources/multiArchImage/lifecycle.js")).multiArchImageLifecycle,
  host,
);

/** The handler of `ImportedImage`. */
export const importedImage = dynamicProvider(
  async () => (await import("./resources/importedImage/lifecycle.js")).importedImageLifecycle,
  host,
);

/** The handler of the runs of `AcrBuild`. */
export const acrRun = dynamicProvider(
  async () => (await import("./resources/acrRun/lifecycle.js")).acrRunLifecycle,
  host,
);

export { type GetImageArgs, getImage } from "./functions/getImage";
export type { ImageInformation } from "./functions/imageInformation";
export { type ListManifestsArgs, listManifests } from "./functions/listManifests";
export { type ListTagsArgs, listTags } from "./functions/listTags";
export type { ManifestListing } from "./functions/manifestListing";
