import { dynamicProvider } from "./host/dynamic";
import { createHost } from "./host/process";
import { acrRunLifecycle } from "./resources/acrRun/lifecycle";
import { importedImageLifecycle } from "./resources/importedImage/lifecycle";
import { multiArchImageLifecycle } from "./resources/multiArchImage/lifecycle";
import { platformImageLifecycle } from "./resources/platformImage/lifecycle";
import { registryLifecycle } from "./resources/registry";

const host = createHost();

// States of every stack refer to these names: they can never change.

/** The handler of `Registry`. */
export const registry = dynamicProvider(registryLifecycle, host);

/** The handler of `PlatformImage`. */
export const platformImage = dynamicProvider(platformImageLifecycle, host);

/** The handler of `MultiArchImage`. */
export const multiArchImage = dynamicProvider(multiArchImageLifecycle, host);

/** The handler of `ImportedImage`. */
export const importedImage = dynamicProvider(importedImageLifecycle, host);
/** The handler of the runs of `AcrBuild`. */
export const acrRun = dynamicProvider(acrRunLifecycle, host);

export { type GetImageArgs, getImage } from "./functions/getImage";
export type { ImageInformation } from "./functions/imageInformation";
export { type ListManifestsArgs, listManifests } from "./functions/listManifests";
export { type ListTagsArgs, listTags } from "./functions/listTags";
export type { ManifestListing } from "./functions/manifestListing";
