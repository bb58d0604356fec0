import { isDeepStrictEqual } from "node:util";
import type { RegistryConnection } from "../../distribution/connection";
import { inputError } from "./readers";
import { repositoryName, type Target } from "./target";

/** An input that says how a registry is reached. */
export interface ConnectionInput {
  readonly path: string;
  readonly connection: RegistryConnection;
}

/** The fields that decide a client's identity and trust. A time-out may come from the options of one resource alone. */
const decisive = ["credentials", "plainHttp", "caCertificate", "clientCertificate", "clientKey", "authRealms"] as const;

/**
 * Refuses two inputs that say different things of how one place is reached: which of them was used would be chance.
 * @param place - `address` or `address/repository`, for the message.
 * @throws ERR_INPUT_INVALID with the path of the second, naming the first and what differs; never its value.
 */
export function refuseTwoConnections(place: string, first: ConnectionInput, second: ConnectionInput): void {
  const differing = decisive.filter((name) => !isDeepStrictEqual(first.connection[name], second.connection[name]));
  if (differing.length === 0) return;
  throw inputError(
    second.path,
    `it says something else of ${place} than ${first.path} does: ${differing.join(", ")}. Give the same in both, or leave one out`,
  );
}

/**
 * Refuses an input that reaches the resource's own repository otherwise than the resource's `registry` does. An address alone says
 * nothing of it.
 * @param path - of the connection that is given for the source.
 */
export function refuseOtherConnection(target: Target, path: string, source: Target): void {
  const place = repositoryName(target);
  if (repositoryName(source) !== place || Object.keys(source.connection).length === 1) return;
  const own = { path: "registry", connection: target.connection };
  refuseTwoConnections(place, own, { path, connection: source.connection });
}
