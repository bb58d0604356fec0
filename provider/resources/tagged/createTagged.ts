import type { Context } from "../context";
import type { Live } from "../lifecycle";
import type { Previous } from "./resourceRecord";

/**
 * Creates a resource with tags: it goes on from the record of the resource that it replaces in this place.
 * @param write - brings the registry in line.
 */
export async function createTagged(
  context: Context,
  place: string,
  write: (previous: Previous) => Promise<Live>,
): Promise<Live> {
  const live = await write({ state: {}, record: context.plan.handedOn(context.resource, place) });
  context.plan.created(context.resource);
  return live;
}
