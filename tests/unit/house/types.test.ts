import assert from "node:assert/strict";
import { join } from "node:path";
import ts from "typescript";
import "../../../package.json";
import { checkout } from "../../support/sourceFiles";

/** Programs may write everything that compiles here, and nothing behind `@ts-expect-error`. */
const program = `
import * as pulumi from "@pulumi/pulumi";
import * as multiarch from "pulumi-multiarch";
import { AcrBuild, acrTaskYaml } from "pulumi-multiarch/azure";

const later = pulumi.output("text");
const perhaps = pulumi.output<string | undefined>(undefined);
const texts = pulumi.output(["linux/arm64"]);
const mapped = texts.apply((all) => all.map((text) => \`localhost:5000/\${text}\`));
const behaviour = { onConflict: pulumi.output<"fail" | undefined>("fail"), onDelete: undefined, lock: undefined };

const registry = new multiarch.Registry("registry", {
  address: later, caCertificate: perhaps, credentials: undefined, timeoutSeconds: undefined, authRealms: texts,
});
const common = { registry, repository: later };
const candidate = new multiarch.PlatformImage("candidate", {
  ...common, ...behaviour, tag: perhaps, platform: later, source: { files: { "/a": later }, base: undefined, config: undefined },
});
for (const source of ["alpine:3.20", ":candidate", later, candidate, { image: candidate, registry: undefined }] as const) {
  new multiarch.PlatformImage("image", { ...common, platform: { os: "linux", architecture: later, variant: perhaps }, source });
  new multiarch.ImportedImage("copy", { ...common, tags: texts, source, platforms: texts, follow: undefined });
}
const onBase = (base: multiarch.ImageReference | undefined) => ({ files: { "/a": "a" }, base });
const derived = new multiarch.PlatformImage("derived", { ...common, platform: "linux/arm64", source: onBase(candidate) });
const index = new multiarch.MultiArchImage("index", {
  ...common, ...behaviour, tags: [later, "1.4.0"], subject: perhaps, annotations: undefined, requiredPlatforms: texts,
  images: [candidate, ":arm64", later, derived, { image: candidate, platform: undefined, annotations: { a: later } }],
  sourceRegistries: ["docker.io", { address: later, credentials: { username: later, passwordEnv: "P" } }],
});
new multiarch.MultiArchImage("mapped", { ...common, tags: texts, images: mapped, requiredPlatforms: undefined });
new multiarch.ImportedImage("promoted", { ...common, tags: [], source: index });
new AcrBuild("build", {
  registry: { loginServer: later, id: undefined }, repository: "a", tags: ["1"], context: ".", task: perhaps,
  platforms: { "linux/arm64": { dockerfile: undefined, target: perhaps } },
});
acrTaskYaml({ repository: "a", tag: "{arch}", platforms: { "linux/arm64": { target: undefined } } });

// @ts-expect-error: a name that no input has.
new multiarch.MultiArchImage("wrong", { ...common, tags: [], images: [], requirePlatforms: [] });
// @ts-expect-error: the tags are missing.
new multiarch.MultiArchImage("wrong", { ...common, images: [] });
// @ts-expect-error: a value that is none of those allowed.
new multiarch.MultiArchImage("wrong", { ...common, tags: [], images: [], onConflict: "overwite" });
// @ts-expect-error: how a Registry is reached is no matter of programs.
registry.connection;
// @ts-expect-error: what crosses beside the source is no argument.
new multiarch.PlatformImage("wrong", { ...common, platform: later, source: ":a", secretEnvironment: [] });
`;

/** The compiler options of the programs that people have. */
const programs: Readonly<Record<string, ts.CompilerOptions>> = {
  "Pulumi's own template": { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 },
  "Node.js's own resolution, strict and with exact optional properties": {
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
  },
  "a bundler": { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
};

function problemsIn(text: string, options: ts.CompilerOptions): readonly string[] {
  const file = join(checkout, "program.ts");
  const all = {
    ...options,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    types: ["node"],
  };
  const host = ts.createCompilerHost(all);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, language, ...others) =>
    name === file ? ts.createSourceFile(name, text, language) : getSourceFile(name, language, ...others);
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], all, host))
    .map(
      ({ messageText, start }) =>
        `${text.slice(0, start).split("\n").length}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
}

describe("the types", function () {
  this.timeout(60_000);

  for (const [title, options] of Object.entries(programs))
    it(`take what programs give them, and nothing else: ${title}`, () =>
      assert.deepEqual(problemsIn(program, options), []));
});
