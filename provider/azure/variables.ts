import type { Environment } from "../program";

/** An environment variable that is set and not empty. */
export interface Variable {
  readonly name: string;
  readonly value: string;
}

/** The first of these variables that is set and not empty. */
export function variable(environment: Environment, ...names: readonly string[]): Variable | undefined {
  for (const name of names) {
    const value = environment[name];
    if (value) return { name, value };
  }
  return undefined;
}

/** Whether a variable says yes, as azure-native understands it. */
export function isOn(environment: Environment, name: string): boolean {
  return /^(true|1|t)$/i.test(environment[name] ?? "");
}
