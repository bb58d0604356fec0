import type { RegistryConnection } from "../../distribution/connection";
import { parseRepository } from "../../oci/reference";
import type { PropertyBag } from "./bag";
import { parseConnection } from "./connectionInput";
import { at, inputError, isBag, requiredString } from "./readers";
import { containsUnknown, isUnknown } from "./unknown";

/** Where a resource lives: a repository of a registry. */
export interface Target {
  readonly connection: RegistryConnection;
  readonly repository: string;
}

/**
 * Reads `registry` and `repository`.
 * @returns `undefined` when any of it is not known yet.
 * @throws ERR_INPUT_INVALID.
 */
export function parseTarget(bag: PropertyBag): Target | undefined {
  const connection = parseRegistryInput(bag);
  const repository = parseRepositoryInput(bag);
  return connection && repository ? { connection, repository } : undefined;
}

function parseRepositoryInput(bag: PropertyBag): string | undefined {
  if (isUnknown(bag["repository"])) return undefined;
  return at("repository", () => parseRepository(requiredString(bag, "repository")));
}

function parseRegistryInput(bag: PropertyBag): RegistryConnection | undefined {
  const registry = bag["registry"];
  if (containsUnknown(registry)) return undefined;
  if (!isBag(registry)) throw inputError("registry", "a Registry, its arguments or an address is needed");
  return parseConnection(registry, "registry");
}

/** `address/repository`, the name under which claims and looks are kept. */
export function repositoryName(target: Target): string {
  return `${target.connection.address}/${target.repository}`;
}

/** Whether two property bags name the same registry and repository. */
export function sameTarget(a: PropertyBag, b: PropertyBag): boolean {
  return addressOf(a) === addressOf(b) && a["repository"] === b["repository"];
}

function addressOf(bag: PropertyBag): unknown {
  return isBag(bag["registry"]) ? bag["registry"]["address"] : undefined;
}

/** The `registry` input with its address in canonical form, once that is known. */
export function canonicalRegistry(bag: PropertyBag, target: Target | undefined): PropertyBag {
  const registry = bag["registry"];
  return target && isBag(registry) ? { registry: { ...registry, address: target.connection.address } } : {};
}
