export { type AcrTaskYamlArgs, acrTaskYaml, type PlatformBuild } from "./taskYaml";
