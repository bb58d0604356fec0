import type { RegistryConnection } from "../../distribution/connection";
import type { PropertyBag } from "../properties/bag";
import { repositoryName, type Target } from "../properties/target";
import { noRecord, type ResourceRecord } from "../tagged/resourceRecord";
import { createPlannedContents, type PlannedContents } from "./plannedContents";
import { createPlannedNames, type PlannedNames } from "./plannedNames";
import { createRegistryAliases, type RegistryAliases } from "./registryAliases";

/** The memory of a process: what each resource of this run's program wants, entered by its check. */
export interface ProgramPlan {
  readonly names: PlannedNames;
  readonly contents: PlannedContents;
  readonly aliases: RegistryAliases;
  /**
   * Notes that a resource was checked in this process. A replacement is checked twice, the second time without its last inputs.
   * @param urn - of the resource; `undefined` while that is not known: then nothing is remembered.
   * @param olds - its last checked inputs, `{}` for none.
   * @returns the last checked inputs that the engine gave, now or at the first check.
   */
  checked(urn: string | undefined, olds: PropertyBag): PropertyBag;
  /** Notes where a resource is to live. */
  placed(urn: string | undefined, target: Target): void;
  /** Whether a resource is to live in this place. */
  isPlacedIn(urn: string | undefined, place: string): boolean;
  /** How a resource of the program reaches the registry at this address. */
  connectionTo(address: string): RegistryConnection | undefined;
  /** Whether a resource is part of this run's program, as far as checks have told. */
  isInProgram(urn: string | undefined): boolean;
  /** Keeps a resource's record for the resource that replaces it. */
  handOn(urn: string | undefined, record: ResourceRecord, place: string): void;
  /** The record of the resource that is being replaced in this place; an empty one without such a resource. */
  handedOn(urn: string | undefined, place: string): ResourceRecord;
  /** Notes that a resource was created in this process. */
  created(urn: string | undefined): void;
  /** Whether a resource was created in this process. */
  isCreated(urn: string | undefined): boolean;
  /** Whether a resource was checked without last inputs and is still to be created: a new one, or a forced replacement. */
  isAwaited(urn: string): boolean;
}

interface Memory {
  olds: PropertyBag;
  isCreated: boolean;
}

/** An empty plan. */
export function createProgramPlan(): ProgramPlan {
  const memories = new Map<string, Memory>();
  const targets = new Map<string, Target>();
  const records = new Map<string, { readonly record: ResourceRecord; readonly place: string }>();
  return {
    names: createPlannedNames(),
    contents: createPlannedContents(),
    aliases: createRegistryAliases(),
    checked(urn, olds) {
      if (urn === undefined) return olds;
      const known = memories.get(urn)?.olds ?? {};
      const given = Object.keys(olds).length > 0 ? olds : known;
      memories.set(urn, { olds: given, isCreated: false });
      return given;
    },
    placed: (urn = "", target) => void targets.set(urn, target),
    isPlacedIn(urn = "", place) {
      const target = targets.get(urn);
      return target !== undefined && repositoryName(target) === place;
    },
    connectionTo: (address) =>
      [...targets.values()].find(({ connection }) => connection.address === address)?.connection,
    isInProgram: (urn) => urn !== undefined && memories.has(urn),
    handOn(urn, record, place) {
      if (urn !== undefined) records.set(urn, { record, place });
    },
    handedOn(urn, place) {
      const handed = urn === undefined ? undefined : records.get(urn);
      return handed?.place === place ? handed.record : noRecord;
    },
    created(urn) {
      const memory = urn === undefined ? undefined : memories.get(urn);
      if (memory) memory.isCreated = true;
    },
    isCreated: (urn) => urn !== undefined && memories.get(urn)?.isCreated === true,
    isAwaited(urn) {
      const memory = memories.get(urn);
      return memory !== undefined && !memory.isCreated && Object.keys(memory.olds).length === 0;
    },
  };
}
