import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describedFiles } from "../../../tools/schema/files";
import { checkout } from "../../support/sourceFiles";

describe("npm run schema", () => {
  for (const [path, text] of describedFiles(checkout))
    it(`has written ${path} as the SDK's sources say`, () => {
      assert.equal(readFileSync(join(checkout, path), "utf8"), text);
    });

  describe("after a property was added to one interface", () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "multiarch-schema-"));
      for (const name of ["sdk", "provider", "package.json"])
        cpSync(join(checkout, name), join(folder, name), { recursive: true });
      const file = join(folder, "sdk/multiArchImage.ts");
      const property = '  /** How it tastes. */\n  flavour?: OptionalInput<"sweet" | "sour">;\n';
      const text = readFileSync(file, "utf8").replace(/(interface MultiArchImageArgs .*\n)/, `$1${property}`);
      writeFileSync(file, text);
    });
    after(() => rmSync(folder, { recursive: true }));

    it("has it in every file that is written", () => {
      for (const [path, text] of describedFiles(folder)) assert.match(text, /flavour/, path);
    });

    it("has its description and its values in the package schema", () => {
      const { resources, types } = JSON.parse(describedFiles(folder).get("schema.json") ?? "");
      assert.deepEqual(resources["multiarch:index:MultiArchImage"].inputProperties.flavour, {
        $ref: "#/types/multiarch:index:Flavour",
        description: "How it tastes.",
      });
      assert.deepEqual(types["multiarch:index:Flavour"].enum, [{ value: "sweet" }, { value: "sour" }]);
    });
  });
});

describe("schema.json", () => {
  const schema = JSON.parse(readFileSync(join(checkout, "schema.json"), "utf8"));
  const text = JSON.stringify(schema);

  it("refers only to types that it has", () => {
    const referred = [...text.matchAll(/"#\/types\/([^"]+)"/g)].map(([, token = ""]) => token);
    assert.deepEqual(
      referred.filter((token) => schema.types[token] === undefined),
      [],
    );
  });

  it("offers two types at most for one property, and no name with a dot: generators know no more", () => {
    const forms = [...text.matchAll(/"oneOf":\[(.*?)\]/g)].map(([, list = ""]) => JSON.parse(`[${list}]`).length);
    assert.deepEqual([...new Set(forms)], [2]);
    assert.deepEqual(text.match(/"[\w]+\.[\w]+":/g), null);
  });

  it("says something of every property", () => {
    const silent = Object.entries({ ...schema.types, ...schema.resources }).flatMap(([owner, described]) => {
      const { properties, inputProperties } = Object(described);
      return Object.entries({ ...properties, ...inputProperties })
        .filter(([, property]) => !Object(property).description)
        .map(([name]) => `${owner}.${name}`);
    });
    assert.deepEqual(silent, []);
  });
});
