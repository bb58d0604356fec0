import type { ResourceManager, ResourceManagerConnection } from "../azure/resourceManager";
import type { Turns } from "../distribution/turns";
import type { Clock } from "../http/clock";
import type { SourceWorld } from "../sources/source";
import type { ProgramPlan } from "./process/programPlan";
import type { Progress } from "./process/progress";
import type { TagSnapshots } from "./process/tagSnapshots";

/**
 * The dependencies of the lifecycles: registries, environment and folder as for sources, and these. All of it is one a
 * process, but for what is told to the user: that stands at the resource that a call is about.
 */
export interface Context extends SourceWorld {
  readonly clock: Clock;
  /** Azure Resource Manager, for a registry there. */
  resourceManager(connection: ResourceManagerConnection): ResourceManager;
  /** The URN of the resource that a call is about; absent where the host cannot tell. */
  readonly resource?: string;
  /** The names and contents that this run's program wants, as far as its resources have been checked in this process. */
  readonly plan: ProgramPlan;
  /** The last HEAD of each tag of a resource. */
  readonly tagSnapshots: TagSnapshots;
  /** The last HEAD of each tag that a source is read by. */
  readonly sourceSnapshots: TagSnapshots;
  /** Makes changes of the same thing wait for each other, whichever connections they use. */
  readonly turns: Turns;
  /** Tells the user something that is not an error; the text is redacted. */
  warn(message: string): void;
  /** Follows the blobs that are pushed; absent when nobody watches. */
  readonly progress?: Progress;
  /** Shows a row about something that takes long, in the place of the last one; absent when nobody watches. */
  report?(row: string): void;
  /** Tells the user of a step of something that takes long; the text is redacted. */
  inform(message: string): void;
}
