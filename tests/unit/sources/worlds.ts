import type { RegistryClient } from "../../../provider/distribution/repository";

/** The registries of a world in which none is asked. */
export function noRegistry(): RegistryClient {
  throw new Error("no registry is to be asked");
}
