import { setTimeout } from "node:timers/promises";
import { isProviderError, messageOf } from "../../provider/errors";
import { importedImageLifecycle } from "../../provider/resources/importedImage/lifecycle";
import { PartialFailure } from "../../provider/resources/lifecycle";
import { multiArchImageLifecycle } from "../../provider/resources/multiArchImage/lifecycle";
import { platformImageLifecycle } from "../../provider/resources/platformImage/lifecycle";
import { type StillClock, startProcess, stillClock } from "./context";
import type { Answer, Failure, Request } from "./providerProtocol";

// The program of a provider process: it plays the calls that it is sent. See providerProcess.ts.

const lifecycles = {
  multiArchImage: multiArchImageLifecycle,
  platformImage: platformImageLifecycle,
  importedImage: importedImageLifecycle,
};
let provider = startProcess({ clock: patientClock() });

process.on("message", async (text: string) => {
  const request: Request = JSON.parse(text);
  if ("forget" in request) provider = startProcess({ clock: patientClock() });
  else if ("advanceSeconds" in request) provider.clock.advance(request.advanceSeconds);
  else process.send?.(JSON.stringify(await answerTo(request)));
});
process.once("disconnect", () => process.exit());

/** Stands still, but who waits does wait: other processes are at work meanwhile. */
function patientClock(): StillClock {
  const sleep = async (milliseconds: number) => {
    await setTimeout(milliseconds);
  };
  return { ...stillClock(), sleep };
}

async function answerTo({ id, kind, method, resource, args }: Extract<Request, { id: number }>): Promise<Answer> {
  try {
    const context = { ...provider.context, ...(resource !== undefined && { resource }) };
    return { id, result: await Reflect.apply(lifecycles[kind][method], undefined, [context, ...args]) };
  } catch (error) {
    return { id, failure: failureOf(error) };
  }
}

function failureOf(error: unknown): Failure {
  return {
    message: messageOf(error),
    ...(isProviderError(error) && { code: error.code }),
    ...(error instanceof PartialFailure && { partial: { live: error.live, reasons: error.reasons } }),
  };
}
