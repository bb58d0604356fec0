import type { RegistryConnection } from "../../distribution/connection";
import type { Context } from "../context";
import type { Target } from "../properties/target";

/**
 * Whether an address is another name of a resource's registry: an upload session that is opened there can be seen here. Asked once
 * a repository and process. On any doubt it is, so that nothing is removed that another resource may need.
 * @param address - of a registry that this run's program uses.
 */
export async function isSameRegistry(context: Context, target: Target, address: string): Promise<boolean> {
  const { plan, clock } = context;
  const other = plan.connectionTo(address);
  if (other === undefined) return true;
  const addresses = [target.connection.address, address] as const;
  return (
    (await plan.aliases.areOne(addresses, target.repository, clock, () => seesUpload(context, target, other))) !== false
  );
}

async function seesUpload(
  context: Context,
  { connection, repository }: Target,
  other: RegistryConnection,
): Promise<boolean> {
  const upload = await context.registry(connection).repository(repository).openUpload();
  try {
    return await context.registry(other).repository(repository).knowsUpload(upload.path);
  } finally {
    await upload.close();
  }
}
