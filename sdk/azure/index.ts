export { AcrBuild, type AcrBuildArgs, type PlatformBuildArgs } from "./acrBuild";
export type { RunSettingsArgs } from "./acrRun";
export { type AcrTaskYamlArgs, acrTaskYaml, type PlatformBuild } from "./taskYaml";
