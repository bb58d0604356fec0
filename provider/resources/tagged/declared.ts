import type { PropertyBag } from "../properties/bag";
import { type Drift, parseDrift } from "../properties/drift";
import { type LockInputs, parseLock } from "../properties/lockInputs";
import { inputError } from "../properties/readers";
import { recordOf } from "../properties/recordOutputs";
import { parseTagBehaviour, type TagBehaviour, type TagList } from "../properties/tagInputs";
import { parseTarget, type Target } from "../properties/target";
import type { ResourceRecord } from "./resourceRecord";

/** A program's inputs for one resource, parsed. */
export interface Declared<I> extends TagList {
  /** The repository of the resource; `undefined` while it is not known. */
  readonly target: Target | undefined;
  readonly behaviour: TagBehaviour;
  readonly lock: LockInputs;
  /** The inputs that decide the content; `undefined` while one of them is not known, or none is given. */
  readonly inputs: I | undefined;
}

/** Results of a check that every kind has. */
export interface Results {
  /** The digest that the resource's own tags are to name; `undefined` while it is not known. */
  readonly digest: string | undefined;
}

/** A resource with the results of its check, as checked inputs or a state hold it. */
export interface Planned<I, R> extends Declared<I> {
  readonly results: R;
  readonly drift: Drift;
}

/** A resource whose repository is known. */
export type Placed<T> = T & { readonly target: Target };

/** A resource as its last create, update or read left it. */
export interface Previous<I, R, O> {
  /** `undefined` for a new resource. */
  readonly recorded: Placed<Planned<I, R>> | undefined;
  /** `undefined` for a new resource, or one of which nothing was written. */
  readonly outputs: O | undefined;
  /** The state's record; of a resource that replaces another one in the same place, that one's. */
  readonly record: ResourceRecord;
}

/** The members of a bag that one part of a resource takes. */
export interface BagFormat<T> {
  readonly names: readonly string[];
  /** @throws ERR_INPUT_INVALID for a bag that {@link format} did not write. */
  parse(bag: PropertyBag): T;
  format(value: T): PropertyBag;
}

/** The bags of one kind of resource. */
export interface ResourceFormat<I, R, O> {
  /** The input that above all decides the content. */
  readonly decidedBy: string;
  /** @throws ERR_INPUT_INVALID. */
  parseTags(bag: PropertyBag): TagList;
  /** @returns `undefined` while one of them is not known. @throws ERR_INPUT_INVALID. */
  parseInputs(bag: PropertyBag): I | undefined;
  readonly results: BagFormat<R>;
  readonly outputs: BagFormat<O | undefined>;
}

/** Parses a program's inputs. @throws ERR_INPUT_INVALID with the input's path. */
export function parseDeclared<I>(
  { parseTags, parseInputs }: Pick<ResourceFormat<I, unknown, unknown>, "parseTags" | "parseInputs">,
  bag: PropertyBag,
): Declared<I> {
  return {
    target: parseTarget(bag),
    ...parseTags(bag),
    behaviour: parseTagBehaviour(bag),
    lock: parseLock(bag),
    inputs: parseInputs(bag),
  };
}

/** Parses checked inputs, or a state. A state that was read without a program has no inputs that decide its content. */
export function parsePlanned<I, R, O>(format: ResourceFormat<I, R, O>, bag: PropertyBag): Planned<I, R> {
  const parseInputs = isGiven(bag[format.decidedBy]) ? format.parseInputs : () => undefined;
  return {
    ...parseDeclared({ ...format, parseInputs }, bag),
    results: format.results.parse(bag),
    drift: parseDrift(bag),
  };
}

/** Parses a state. */
export function parsePrevious<I, R, O>(
  format: ResourceFormat<I, R, O>,
  state: PropertyBag,
): Previous<I, R, O> & {
  readonly recorded: Placed<Planned<I, R>>;
} {
  return {
    recorded: placed(parsePlanned(format, state)),
    outputs: format.outputs.parse(state),
    record: recordOf(state),
  };
}

/** A resource that is about to be written, read or deleted. @throws ERR_INPUT_INVALID while its repository is not known. */
export function placed<T extends { readonly target: Target | undefined }>(resource: T): Placed<T> {
  const { target } = resource;
  if (target === undefined) throw inputError("registry", "it is not known yet, so nothing can be done there");
  return { ...resource, target };
}

function isGiven(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}
