import type { Context } from "../context";
import type { Target } from "../properties/target";

/**
 * Whether an address is another name of a resource's registry: an upload session that is opened there can be seen here. On any
 * doubt it is, so that nothing is removed that another resource may need.
 * @param address - of a registry that this run's program uses.
 */
export async function isSameRegistry(
  context: Context,
  { connection, repository }: Target,
  address: string,
): Promise<boolean> {
  const other = context.plan.connectionTo(address);
  if (other === undefined) return true;
  try {
    const upload = await context.registry(connection).repository(repository).openUpload();
    try {
      return await context.registry(other).repository(repository).knowsUpload(upload.path);
    } finally {
      await upload.close();
    }
  } catch {
    return true;
  }
}
