import type * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "./connection";

const unitSeconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
const durationPart = /(\d+(?:\.\d*)?|\.\d+)(ms|h|m|s)/g;

/**
 * The connection with a bound of silence from a resource's options: where it has no `timeoutSeconds` of its own, the longest of
 * the `customTimeouts` for create, update and delete becomes that. (Dynamic providers are not told of `customTimeouts`.)
 */
export function withCustomTimeouts(
  connection: ConnectionArgs,
  { customTimeouts = {} }: pulumi.ResourceOptions = {},
): ConnectionArgs {
  const { create, update, delete: deletion } = customTimeouts;
  const timeoutSeconds = Math.max(0, ...[create, update, deletion].map(secondsOf));
  return connection.timeoutSeconds !== undefined || timeoutSeconds === 0
    ? connection
    : { ...connection, timeoutSeconds };
}

/** A duration such as `30s` or `1h30m` in seconds; 0 for none, and for what is none: that the engine refuses. */
function secondsOf(duration = ""): number {
  if (duration.replace(durationPart, "") !== "") return 0;
  const parts = [...duration.matchAll(durationPart)];
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (unitSeconds[unit] ?? 0), 0);
}
