import assert from "node:assert/strict";
import { isBuiltin } from "node:module";
import ts from "typescript";
import packageJson from "../../../package.json";
import { descendants, type Import, importCircles, importsOf, sourceFilesUnder } from "../../support/sourceFiles";

/** The rooms that each room may import beside itself; `provider/index`, `provider/program`, `provider/processGroup` and `provider/errors` are rooms of one file. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  "provider/errors": [],
  "provider/oci": ["provider/errors"],
  "provider/http": ["provider/errors"],
  "provider/processGroup": [],
  "provider/program": ["provider/processGroup", "provider/errors"],
  "provider/azure": ["provider/http", "provider/oci", "provider/program", "provider/errors"],
  "provider/distribution": ["provider/azure", "provider/http", "provider/oci", "provider/program", "provider/errors"],
  "provider/sources": ["provider/distribution", "provider/http", "provider/oci", "provider/errors"],
  "provider/resources": [
    "provider/sources",
    "provider/distribution",
    "provider/azure",
    "provider/http",
    "provider/oci",
    "provider/errors",
  ],
  "provider/functions": ["provider/distribution", "provider/http", "provider/oci", "provider/errors"],
  "provider/command": [
    "provider/functions",
    "provider/distribution",
    "provider/http",
    "provider/oci",
    "provider/errors",
  ],
  "provider/host": [
    "provider/resources",
    "provider/distribution",
    "provider/azure",
    "provider/http",
    "provider/oci",
    "provider/errors",
  ],
  "provider/index": ["provider/host", "provider/resources", "provider/functions"],
};

const provider = sourceFilesUnder("provider");
const sdk = sourceFilesUnder("sdk");
const examples = sourceFilesUnder("examples");
const imports = [...provider, ...sdk, ...examples].flatMap(importsOf);

const isLocal = ({ to }: Import) => /^(provider|sdk|examples|tests|tools|bin)(\/|$)/.test(to) || to.startsWith("..");
const isUnder = (path: string, folder: string) =>
  path === folder || path === `${folder}.ts` || path.startsWith(`${folder}/`);
const importsFrom = (folder: string) => imports.filter(({ from }) => isUnder(from, folder));
const packageOf = (name: string) => name.split("/", name.startsWith("@") ? 2 : 1).join("/");
const lines = (found: readonly Import[]) => found.map(({ from, kind, to }) => `${from} → ${to} (${kind})`);

describe("the direction of imports", () => {
  it("is declared for every room of the provider", () => {
    const withoutRoom = provider.filter(({ fileName }) => !Object.keys(rooms).some((room) => isUnder(fileName, room)));
    assert.deepEqual(
      withoutRoom.map(({ fileName }) => fileName),
      [],
    );
  });

  for (const [room, allowed] of Object.entries(rooms)) {
    it(`leads from ${room} to ${allowed.length > 0 ? allowed.join(", ") : "nothing else of ours"}`, () => {
      const wrong = importsFrom(room)
        .filter(isLocal)
        .filter(({ to }) => ![room, ...allowed].some((folder) => isUnder(to, folder)));
      assert.deepEqual(lines(wrong), []);
    });
  }

  it("leads from sdk to the provider's types only, so that a program loads no client", () => {
    const wrong = importsFrom("sdk")
      .filter(isLocal)
      .filter(({ to }) => !isUnder(to, "sdk"))
      .filter(({ to, kind }) => !isUnder(to, "provider") || kind === "value");
    assert.deepEqual(lines(wrong), []);
  });

  it("leads from sdk to those parts of Pulumi that each program's process has loaded already: the rest takes 0.4 s", () => {
    const wrong = importsFrom("sdk").filter(({ to, kind }) => to === "@pulumi/pulumi" && kind !== "type");
    assert.deepEqual(lines(wrong), []);
  });

  it("leads from examples to the package as its users see it", () => {
    assert.deepEqual(
      lines(
        importsFrom("examples")
          .filter(isLocal)
          .filter(({ to }) => !isUnder(to, "examples")),
      ),
      [],
    );
  });

  it("leads from oci to nothing that has effects", () => {
    const wrong = importsFrom("provider/oci").filter((found) => !isLocal(found) && found.to !== "node:crypto");
    assert.deepEqual(lines(wrong), []);
  });

  it("leads to no package that package.json does not declare as a dependency", () => {
    const own = `${packageJson.name}/package.json`;
    const allowed = Object.keys(packageJson.dependencies);
    const wrong = [...importsFrom("provider"), ...importsFrom("sdk")]
      .filter((found) => !isLocal(found) && !isBuiltin(found.to))
      .filter(({ to }) => to !== own && !allowed.includes(packageOf(to)));
    assert.deepEqual(lines(wrong), []);
  });

  it("lets nothing but examples touch azure-native: the package takes its registries as they are", () => {
    const wrong = imports.filter(
      ({ to, from }) => packageOf(to) === "@pulumi/azure-native" && !isUnder(from, "examples"),
    );
    assert.deepEqual(lines(wrong), []);
  });
});

describe("files", () => {
  it("import one another in no circle, types included", () => {
    assert.deepEqual(importCircles([...provider, ...sdk, ...sourceFilesUnder("tests", "bench")]), []);
  });
});

describe("the type any", () => {
  it("stands nowhere but in provider/host", () => {
    const found = [...provider, ...sdk, ...examples]
      .filter(({ fileName }) => !isUnder(fileName, "provider/host"))
      .filter((file) => descendants(file).some(({ kind }) => kind === ts.SyntaxKind.AnyKeyword));
    assert.deepEqual(
      found.map(({ fileName }) => fileName),
      [],
    );
  });
});
