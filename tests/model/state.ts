import type { PropertyBag } from "../../provider/resources/properties/bag";
import type { Kind } from "./process";

/** What the engine keeps of one resource. */
export interface Recorded {
  readonly kind: Kind;
  readonly name: string;
  readonly id: string;
  readonly inputs: PropertyBag;
  readonly outputs: PropertyBag;
  /** Whether its last create or update failed half way (`initErrors`): the next one runs, whatever diff says. */
  readonly isUnfinished: boolean;
  /** Whether a user has marked it to be replaced. */
  readonly isTainted: boolean;
  /** Whether another one has taken its place, and it is still to be deleted. */
  readonly isPendingDelete: boolean;
  readonly dependencies: readonly string[];
}

/** A stack's state between commands: written after each step, and so what a killed command leaves. */
export interface Stack {
  resources: readonly Recorded[];
}

/** The resource of that name which is not about to be deleted. */
export function liveOne({ resources }: Stack, name: string): Recorded | undefined {
  return resources.find((one) => one.name === name && !one.isPendingDelete);
}

/** Puts a resource in the place of the one that it was, or at the end. */
export function keep(stack: Stack, old: Recorded | undefined, recorded: Recorded): void {
  const isThere = old !== undefined && stack.resources.includes(old);
  stack.resources = isThere
    ? stack.resources.map((one) => (one === old ? recorded : one))
    : [...stack.resources, recorded];
}

/** Forgets a resource. */
export function forget(stack: Stack, gone: Recorded): void {
  stack.resources = stack.resources.filter((one) => one !== gone);
}

/** What is left of a value on its way through the protocol. */
export function json(bag: unknown): PropertyBag {
  return JSON.parse(JSON.stringify(bag ?? {}));
}
