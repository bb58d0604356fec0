/**
 * Keeps Pulumi from taking a stack for each of the some eighty promises of a resource. Where ts-node is loaded, as it is in every
 * program by default, each is mapped to its sources: that takes more of a program's time than all else. They are printed with
 * PULUMI_DEBUG_PROMISE_LEAKS alone, and taken with it. Where a resource stands in the program is found out all the same.
 * @returns what ends it: `resume`, and `addTo` for an error of meanwhile, which ends it too and gives the error the stack
 * that it lacks.
 */
export function withoutPromiseStacks(): { resume(): void; addTo(error: unknown): unknown } {
  const { stackTraceLimit } = Error;
  if (!process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) Error.stackTraceLimit = 0;
  const resume = () => {
    Error.stackTraceLimit = stackTraceLimit;
  };
  return {
    resume,
    addTo(error) {
      resume();
      if (error instanceof Error) Error.captureStackTrace(error);
      return error;
    },
  };
}
