import type * as pulumi from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors";
import * as outputs from "@pulumi/pulumi/output";

/** An input that may be left out, also by an output that turns out to be undefined. */
export type OptionalInput<T> = pulumi.Input<T | undefined>;

/** Whether an input's value comes later, as an output or a promise. */
export function isLater(value: unknown): value is pulumi.OutputInstance<unknown> | Promise<unknown> {
  return outputs.Output.isInstance(value) || value instanceof Promise;
}

/** Whether a value is an object with named members, known now. JavaScript programs can give anything for an argument. */
export function isFields(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isLater(value);
}

/**
 * The error for an argument of which a constructor can make nothing, so that no check can refuse it. Pulumi prints it as one
 * line, without a stack.
 * @param resource - the resource, as {@link resourceTitle} names it.
 */
export function argumentError(resource: string, problem: string): Error {
  return new RunError(`${resource}: ${problem}`);
}

/** How errors name a resource that is being constructed: `MultiArchImage "server"`. */
export function resourceTitle(kind: string, name: string): string {
  return `${kind} ${JSON.stringify(name)}`;
}
