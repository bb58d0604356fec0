import { listMetadata, metadataUrl } from "../azureMetadata";
import { createLocks, explainingLocks } from "../locks";
import { createReplicas } from "../replicas";
import type { RepositoryAccess } from "../repositoryAccess";
import type { RegistryProfile } from "./profile";

/**
 * Azure Container Registry: deleting is a right of its own, removing a tag a change of metadata; replicas lag; locks explain.
 * @see https://learn.microsoft.com/rest/api/containerregistry/
 */
export const azureProfile: RegistryProfile<RepositoryAccess> = {
  deleteScope: (repository) => [{ repository, actions: ["delete"] }],
  untagScope: (repository) => [{ repository, actions: ["metadata_write"] }],
  untagUrl: (access, tag) => metadataUrl(access, `_tags/${tag}`),
  replicas: createReplicas,
  explaining: explainingLocks,
  extras: (access) => ({ locks: createLocks(access), listMetadata: () => listMetadata(access) }),
  hasOwnIdentity: true,
};
