import type { Clock } from "../../http/clock";
import type { Scope } from "../authorization";
import type { Replicas } from "../replicas";
import type { Repository } from "../repository";

/**
 * The ways of one make of registry, beyond the distribution API. Chosen once for each client: by the host's name or by the credentials,
 * never by a request.
 */
export interface RegistryProfile<Access> {
  /** The actions that deleting a manifest needs. @param repository - its name. */
  deleteScope(repository: string): readonly Scope[];
  /** The actions that removing a tag alone needs. */
  untagScope(repository: string): readonly Scope[];
  /** Where one tag and nothing else is removed, by DELETE; absent without an API for it. @param tag - safe in a URL. */
  readonly untagUrl?: (access: Access, tag: string) => URL;
  /** How one repository is spoken to while replicas of the registry lag behind. */
  replicas(clock: Clock): Replicas;
  /**
   * Runs an operation, and explains what stood in its way.
   * @param tagOrDigest - what it is about.
   */
  explaining<T>(access: Access, tagOrDigest: string, operation: () => Promise<T>): Promise<T>;
  /** The parts of a repository that only this make has. */
  extras(access: Access): Pick<Repository, "locks" | "listMetadata">;
  /** Whether the registry's own identity is tried first, then the environment's credentials, then none. */
  readonly hasOwnIdentity: boolean;
}
