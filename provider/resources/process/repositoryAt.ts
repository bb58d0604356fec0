import type { Repository } from "../../distribution/repository";
import type { Context } from "../context";
import type { Target } from "../properties/target";

/** Opens the repository of a target: the same object each time in one process. */
export function repositoryAt({ registry }: Pick<Context, "registry">, { connection, repository }: Target): Repository {
  return registry(connection).repository(repository);
}

/** Opens the repository of a source for reading alone: what is public is read without a login that does not serve. */
export function sourceAt({ registry }: Pick<Context, "registry">, { connection, repository }: Target): Repository {
  return registry(connection).source(repository);
}
