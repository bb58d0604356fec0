import { dynamicProvider } from "./host/dynamic";
import { checkingInputs } from "./host/inputs/checkingInputs";
import { createHost } from "./host/process";

const host = createHost();

/** `import()` would take 10 ms more: it goes through the loader of ES modules. */
const load = {
  registry: (): typeof import("./resources/registry") => require("./resources/registry"),
  platformImage: (): typeof import("./resources/platformImage/lifecycle") =>
    require("./resources/platformImage/lifecycle"),
  multiArchImage: (): typeof import("./resources/multiArchImage/lifecycle") =>
    require("./resources/multiArchImage/lifecycle"),
  importedImage: (): typeof import("./resources/importedImage/lifecycle") =>
    require("./resources/importedImage/lifecycle"),
  acrRun: (): typeof import("./resources/acrRun/lifecycle") => require("./resources/acrRun/lifecycle"),
};

// States of every stack refer to these names: they can never change.

/** The handler of `Registry`. */
export const registry = dynamicProvider(() => checkingInputs("Registry", load.registry().registryLifecycle), host);

/** The handler of `PlatformImage`. */
export const platformImage = dynamicProvider(
  () => checkingInputs("PlatformImage", load.platformImage().platformImageLifecycle),
  host,
);

/** The handler of `MultiArchImage`. */
export const multiArchImage = dynamicProvider(
  () => checkingInputs("MultiArchImage", load.multiArchImage().multiArchImageLifecycle),
  host,
);

/** The handler of `ImportedImage`. */
export const importedImage = dynamicProvider(
  () => checkingInputs("ImportedImage", load.importedImage().importedImageLifecycle),
  host,
);

/** The handler of the runs of `AcrBuild`. */
export const acrRun = dynamicProvider(() => checkingInputs("AcrRun", load.acrRun().acrRunLifecycle), host);

export { type GetImageArgs, getImage } from "./functions/getImage";
export type { ImageInformation } from "./functions/imageInformation";
export { type ListManifestsArgs, listManifests } from "./functions/listManifests";
export { type ListTagsArgs, listTags } from "./functions/listTags";
export type { ManifestListing } from "./functions/manifestListing";
