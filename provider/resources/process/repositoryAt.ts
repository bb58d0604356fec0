import type { Repository } from "../../distribution/repository";
import type { Context } from "../context";
import type { Target } from "../properties/target";

/** Opens the repository of a target: the same object each time in one process. */
export function repositoryAt({ registry }: Pick<Context, "registry">, { connection, repository }: Target): Repository {
  return registry(connection).repository(repository);
}
