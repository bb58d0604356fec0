import { importedImageLifecycle } from "../../../provider/resources/importedImage/lifecycle";
import type { CheckResult, DiffResult, Lifecycle, Live } from "../../../provider/resources/lifecycle";
import { PartialFailure } from "../../../provider/resources/lifecycle";
import { multiArchImageLifecycle } from "../../../provider/resources/multiArchImage/lifecycle";
import { platformImageLifecycle } from "../../../provider/resources/platformImage/lifecycle";
import type { PropertyBag } from "../../../provider/resources/properties/bag";
import { startProcess, type TestProcess } from "../../support/context";

/** What the engine keeps of a resource between two commands. */
export interface Kept {
  readonly id: string;
  readonly inputs: PropertyBag;
  readonly outputs: PropertyBag;
  /** The last command left it unfinished: the next one updates it, whatever diff says. */
  readonly isUnfinished?: boolean;
}

/** What a preview shows. */
export interface Preview extends DiffResult {
  /** The checked inputs, which the engine shows as outputs. */
  readonly inputs: PropertyBag;
}

/**
 * One resource, on which commands are run as the engine runs them: in the order of its calls, with its idea of olds and news,
 * each command in a process of its own unless one is given.
 */
export interface Resource {
  /** What the engine keeps; absent before the first up and after the last destroy. */
  kept: Kept | undefined;
  preview(program: PropertyBag, process?: TestProcess): Promise<Preview>;
  /** Only the second half of `pulumi up`: its preview is a process of its own. @returns the outputs. */
  up(program: PropertyBag, process?: TestProcess): Promise<PropertyBag>;
  /** @returns the outputs, `undefined` when the resource is gone. */
  refresh(process?: TestProcess): Promise<PropertyBag | undefined>;
  destroy(process?: TestProcess): Promise<void>;
}

/** A MultiArchImage that does not exist yet. */
export function multiArchImage(name = "server"): Resource {
  return resource(multiArchImageLifecycle, name, "MultiArchImage");
}

/** A PlatformImage that does not exist yet. */
export function platformImage(name = "server-image"): Resource {
  return resource(platformImageLifecycle, name, "PlatformImage");
}

/** An ImportedImage that does not exist yet. */
export function importedImage(name = "copy"): Resource {
  return resource(importedImageLifecycle, name, "ImportedImage");
}

/** A resource of any lifecycle that does not exist yet. @param type - its type's own name, for its URN. */
export function resource(lifecycle: Lifecycle, resourceName: string, type = "Resource"): Resource {
  const urn = `urn:pulumi:test::test::multiarch:${type}::${resourceName}`;
  const of = ({ context }: TestProcess) => ({ ...context, resource: urn });
  const one: Resource = {
    kept: undefined,
    async preview(program, process = startProcess()) {
      const inputs = await check(process, one.kept?.inputs ?? {}, program);
      const { kept } = one;
      const diff = kept ? await lifecycle.diff(of(process), kept.id, kept.outputs, inputs) : firstOne;
      return { ...diff, inputs };
    },
    async up(program, process = startProcess()) {
      const { changes, replaces, inputs } = await one.preview(program, process);
      const { kept } = one;
      if (kept === undefined) return written(inputs, inputs, lifecycle.create(of(process), inputs));
      if (replaces.length > 0) return replaced(process, kept, program);
      if (changes || kept.isUnfinished)
        return written(inputs, kept.inputs, lifecycle.update(of(process), kept.id, kept.outputs, inputs));
      one.kept = { ...kept, inputs };
      return kept.outputs;
    },
    async refresh(process = startProcess()) {
      const { id, outputs } = existing();
      const found = await lifecycle.read(of(process), id, outputs);
      one.kept = found && { id, inputs: json(found.inputs), outputs: json(found.state) };
      return one.kept?.outputs;
    },
    async destroy(process = startProcess()) {
      const { id, outputs } = existing();
      await lifecycle.delete(of(process), id, outputs);
      one.kept = undefined;
    },
  };

  function existing(): Kept {
    if (one.kept === undefined) throw new Error(`${resourceName} does not exist.`);
    return one.kept;
  }

  async function check(process: TestProcess, olds: PropertyBag, program: PropertyBag): Promise<PropertyBag> {
    const { inputs, failures }: CheckResult = await lifecycle.check(of(process), olds, json(program));
    if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
    return json(inputs);
  }

  async function replaced(process: TestProcess, old: Kept, program: PropertyBag): Promise<PropertyBag> {
    const inputs = await check(process, {}, program);
    const outputs = await written(inputs, inputs, lifecycle.create(of(process), inputs));
    await lifecycle.delete(of(process), old.id, old.outputs);
    return outputs;
  }

  /** Keeps the result; of a partial failure, too, and then the old inputs. */
  async function written(inputs: PropertyBag, old: PropertyBag, work: Promise<Live>): Promise<PropertyBag> {
    try {
      const { id, state } = await work;
      one.kept = { id, inputs, outputs: json(state) };
      return one.kept.outputs;
    } catch (error) {
      if (error instanceof PartialFailure) {
        one.kept = { id: error.live.id, inputs: old, outputs: json(error.live.state), isUnfinished: true };
      }
      throw error;
    }
  }

  return one;
}

const firstOne: DiffResult = { changes: true, replaces: [] };

/** What is left of a value on its way through the protocol. */
function json(bag: PropertyBag): PropertyBag {
  return JSON.parse(JSON.stringify(bag));
}
