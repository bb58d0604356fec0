import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readDeclarations } from "./declarations";
import { inputShapes, inputShapesModule } from "./inputShapes";
import { readModel } from "./model";
import { packageSchema } from "./packageSchema";
import { referenceDocument } from "./reference";

const common = ["Registry", "PlatformImage", "MultiArchImage", "ImportedImage"];

/** The files that are made of the SDK's sources: the text, by the path in the checkout. @param root - the checkout's folder. */
export function describedFiles(root: string): ReadonlyMap<string, string> {
  const declarations = readDeclarations(root);
  // A component crosses to the provider as the resources in it.
  const model = readModel(declarations, [...common, "AcrRun"]);
  const documented = readModel(declarations, [...common, "AcrBuild"]);
  const { description, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const schema = packageSchema(model, { description, license });
  return new Map([
    ["schema.json", `${JSON.stringify(schema, null, 2)}\n`],
    ["provider/host/inputs/shapes.ts", inputShapesModule(inputShapes(model))],
    ["docs/reference.md", referenceDocument(documented)],
  ]);
}
