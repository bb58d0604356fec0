import assert from "node:assert/strict";
import ts from "typescript";
import { importsOf } from "../../support/sourceFiles";

describe("importsOf", () => {
  const cases: readonly (readonly [text: string, to: string, kind: string])[] = [
    [`import { a } from "./b";`, "provider/oci/b", "value"],
    [`import a from "../errors";`, "provider/errors", "value"],
    [`import "undici";`, "undici", "value"],
    [`import { type A, b } from "./b";`, "provider/oci/b", "value"],
    [`import type { A } from "./b";`, "provider/oci/b", "type"],
    [`import { type A, type B } from "./b";`, "provider/oci/b", "type"],
    [`export { a } from "./b";`, "provider/oci/b", "value"],
    [`export * from "./b";`, "provider/oci/b", "value"],
    [`export type { A } from "./b";`, "provider/oci/b", "type"],
    [`type A = import("./b").B;`, "provider/oci/b", "type"],
    [`const a = () => import("../http/agent");`, "provider/http/agent", "lazy"],
    [`const a = require("tar");`, "tar", "lazy"],
    [`const a = require(name);`, "(computed)", "lazy"],
  ];
  for (const [text, to, kind] of cases) {
    it(`reads ${text}`, () => {
      const file = ts.createSourceFile("provider/oci/a.ts", text, ts.ScriptTarget.ES2022, true);
      assert.deepEqual(importsOf(file), [{ from: "provider/oci/a.ts", to, kind }]);
    });
  }
});
