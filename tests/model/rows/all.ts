import { deleted } from "./deleted";
import { kept } from "./kept";
import { previewed } from "./previewed";
import { registries } from "./registries";
import type { Row } from "./row";
import { tags } from "./tags";
import { unfinished } from "./unfinished";

/** Every hand-written history, by its number. */
export const rows: readonly Row[] = [...unfinished, ...deleted, ...tags, ...previewed, ...registries, ...kept].sort(
  (a, b) => a.number.localeCompare(b.number, "en", { numeric: true }),
);
