import type { Lifecycle, Live } from "../../provider/resources/lifecycle";

/** The kinds of resource that a provider process of the tests serves. */
export type Kind = "multiArchImage" | "platformImage" | "importedImage";

/** The calls of a lifecycle. */
export type Method = keyof Lifecycle;

/** What a provider process is asked. */
export type Request =
  | {
      readonly id: number;
      readonly kind: Kind;
      readonly method: Method;
      /** The URN of the resource that the call is about. */
      readonly resource: string | undefined;
      readonly args: readonly unknown[];
    }
  /** Forget everything, as a provider process that has just started; nothing is answered. */
  | { readonly forget: true }
  /** Let time pass on the process's clock; nothing is answered. */
  | { readonly advanceSeconds: number };

/** What a provider process answers. */
export type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly failure: Failure });

/** An error as it crosses to the engine's side. */
export interface Failure {
  readonly message: string;
  /** The code of a ProviderError. */
  readonly code?: string;
  /** What a partial failure leaves. */
  readonly partial?: { readonly live: Live; readonly reasons: readonly string[] };
}
