import type { Credentials, RegistryConnection } from "../distribution/connection";
import { registryClient } from "../distribution/registryClient";
import type { Repository } from "../distribution/repository";
import { ProviderError } from "../errors";
import { systemClock } from "../http/clock";
import { requestLog } from "../http/requestLog";
import { parseRegistryAddress, type Reference } from "../oci/reference";

/**
 * How a plain function reaches a registry; everything may be left out. `address`, if given, must be the registry of the
 * reference. Credentials cannot name a stack-config secret: a plain function belongs to no stack.
 */
export interface FunctionConnection extends Partial<Omit<RegistryConnection, "credentials">> {
  readonly credentials?: Exclude<Credentials, { readonly passwordConfig: string }>;
}

/** Who is told of what happens beside the answer. */
export interface Listener {
  /** Receives what the user should know and is no error. */
  notify(message: string): void;
  /** Receives the lines of the log that PULUMI_MULTIARCH_DEBUG asks for. */
  log(line: string): void;
}

/** Tells it to the process's standard error, warnings as Node does. */
export const processListener: Listener = {
  notify: (message) => process.emitWarning(message),
  log: (line) => process.stderr.write(`multiarch: ${line}\n`),
};

/**
 * Opens the repository of a reference, and ends all connections once `use` is done with it.
 * @param target - which registry and repository.
 * @param connection - how to reach the registry.
 * @param listener - is told of what happens meanwhile.
 * @throws ERR_INPUT_INVALID (`registry.address`) when the connection is one to another registry.
 */
export async function withRepository<T>(
  { address, repository }: Reference,
  connection: FunctionConnection,
  listener: Listener,
  use: (repository: Repository) => Promise<T>,
): Promise<T> {
  requireAddress(connection.address, address);
  const { env: environment } = process;
  const { notify, log } = listener;
  const watch = requestLog({ environment, clock: systemClock, warn: notify, open: () => log });
  const client = registryClient(
    { ...connection, address },
    { clock: systemClock, environment, config: () => undefined, notify, ...(watch && { watch }) },
  );
  try {
    return await use(client.source(repository));
  } finally {
    await client.close();
  }
}

function requireAddress(given: string | undefined, address: string): void {
  if (given === undefined || parseRegistryAddress(given) === address) return;
  const message = `registry.address is ${given}, but the reference is to ${address}. Leave registry.address out, or make them agree.`;
  throw new ProviderError("ERR_INPUT_INVALID", message, { path: "registry.address" });
}
