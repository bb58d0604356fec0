import { createRequire } from "node:module";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi/errors";

/** The names under which `pulumi-multiarch/provider` exports its handlers. */
export type HandlerName = "registry" | "platformImage" | "multiArchImage" | "importedImage" | "acrRun";

/**
 * The text that stands for a provider in state. It names the handler instead of carrying its code, so it never changes: a
 * newer package is used at once, by resources of any age. The engine's provider process runs it in the program's folder.
 */
export function providerText(handler: HandlerName): string {
  assertResolvable();
  return `exports.handler=()=>require('pulumi-multiarch/provider').${handler};`;
}

let resolvable = false;

function assertResolvable(): void {
  if (resolvable) return;
  const folder = process.cwd();
  try {
    createRequire(join(folder, "index.js")).resolve("pulumi-multiarch/provider");
  } catch {
    throw new RunError(
      `pulumi-multiarch cannot be resolved from ${folder}, where Pulumi will look for its provider: add it to the program's own ` +
        "dependencies (also under pnpm, or when a component library brings it), keep it external when you bundle the program, " +
        "and with the Automation API set workDir to a folder that has it, or NODE_PATH.",
    );
  }
  resolvable = true;
}
