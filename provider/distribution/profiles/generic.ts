import type { Scope } from "../authorization";
import { noReplicas } from "../replicas";
import type { RegistryProfile } from "./profile";

const everything = (repository: string): readonly Scope[] => [{ repository, actions: ["pull", "push", "delete"] }];

/** A registry of which nothing is assumed but the distribution API. */
export const genericProfile: RegistryProfile<unknown> = {
  deleteScope: everything,
  untagScope: everything,
  replicas: () => noReplicas,
  explaining: (_access, _tagOrDigest, operation) => operation(),
  extras: () => ({}),
  hasOwnIdentity: false,
};
