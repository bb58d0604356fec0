import type { Context } from "./context";
import type { PropertyBag } from "./properties/bag";

/** Why an input is refused. `property` is the input's own path; empty when no one input is to blame. */
export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

/** Result of `check`. */
export interface CheckResult {
  /** The inputs with everything that is computed added. */
  readonly inputs: PropertyBag;
  readonly failures: readonly CheckFailure[];
}

/** Result of `diff`: whether the state has to change; `replaces` names the inputs that force a replacement. */
export interface DiffResult {
  readonly changes: boolean;
  readonly replaces: readonly string[];
}

/** A live resource as `create`, `read` and `update` leave it. `state` is what the engine keeps. */
export interface Live {
  readonly id: string;
  readonly state: PropertyBag;
}

/** A resource as `read` finds it, and inputs that agree with its state. */
export interface Observed extends Live {
  readonly inputs: PropertyBag;
}

/**
 * One kind of resource over its whole life, without any knowledge of the host that calls it.
 * `check` and `diff` never write to a registry and run in previews too. `state` below is what create, read or update left.
 */
export interface Lifecycle {
  /** @param olds - the last checked inputs, `{}` for a new resource. @param news - what the program says now. */
  check(context: Context, olds: PropertyBag, news: PropertyBag): Promise<CheckResult>;
  /** @throws ERR_TAG_CONFLICT for a tag that `check` has seen and that is not the resource's own. */
  diff(context: Context, id: string, state: PropertyBag, inputs: PropertyBag): Promise<DiffResult>;
  /** @throws PartialFailure when some of it was done. */
  create(context: Context, inputs: PropertyBag): Promise<Live>;
  /** @returns `undefined` when the resource is gone. */
  read(context: Context, id: string, state: PropertyBag): Promise<Observed | undefined>;
  /** @throws PartialFailure when some of it was done. */
  update(context: Context, id: string, state: PropertyBag, inputs: PropertyBag): Promise<Live>;
  delete(context: Context, id: string, state: PropertyBag): Promise<void>;
}

/** Thrown by create and update when part of the work is done: the engine keeps `live` and runs update next time. */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  /**
   * @param live - what there is now.
   * @param reasons - what went wrong, a message each.
   */
  constructor(
    readonly live: Live,
    readonly reasons: readonly string[],
  ) {
    super(reasons.join("\n"));
  }
}
