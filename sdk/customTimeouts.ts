import type * as pulumi from "@pulumi/pulumi";
import type { ConnectionArgs } from "./connection";

const unitSeconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };
const durationPart = /(\d+(?:\.\d*)?|\.\d+)(ms|h|m|s)/g;

/** How long a request may stay silent by default, as the provider has it. */
const defaultTimeoutSeconds = 60;

/**
 * The connection with a bound of silence from a resource's options: where it has no `timeoutSeconds` of its own, the longest of
 * the `customTimeouts` for create, update and delete becomes that if it is shorter than the default. A longer one is for the whole
 * work, and a registry that is silent for a minute does none. (Dynamic providers are not told of `customTimeouts`.)
 */
export function withCustomTimeouts(
  connection: ConnectionArgs,
  { customTimeouts = {} }: pulumi.ResourceOptions = {},
): ConnectionArgs {
  const { create, update, delete: deletion } = customTimeouts;
  const timeoutSeconds = [create, update, deletion].map(secondsOf).reduce((a, b) => Math.max(a, b), 0);
  const isShorter = timeoutSeconds > 0 && timeoutSeconds < defaultTimeoutSeconds;
  return connection.timeoutSeconds === undefined && isShorter ? { ...connection, timeoutSeconds } : connection;
}

/**
 * How long a create and an update may take, in seconds, as an input that only the provider's `check` sees: dynamic providers are not
 * told of `customTimeouts`.
 */
export function callTimeouts({ customTimeouts = {} }: pulumi.ResourceOptions = {}): {
  callTimeouts?: { create?: number; update?: number };
} {
  const [create, update] = [secondsOf(customTimeouts.create), secondsOf(customTimeouts.update)];
  const limits = { ...(create > 0 && { create }), ...(update > 0 && { update }) };
  return Object.keys(limits).length > 0 ? { callTimeouts: limits } : {};
}

/** A duration such as `30s` or `1h30m` in seconds; 0 for none, and for what is none: that the engine refuses. */
function secondsOf(duration = ""): number {
  if (duration.replace(durationPart, "") !== "") return 0;
  const parts = [...duration.matchAll(durationPart)];
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (unitSeconds[unit] ?? 0), 0);
}
