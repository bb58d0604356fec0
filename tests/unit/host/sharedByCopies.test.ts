import { deepStrictEqual, notStrictEqual, strictEqual } from "node:assert/strict";
import { sep } from "node:path";
import { sharedByCopies } from "../../../provider/host/sharedByCopies";

const room = `${sep}provider${sep}`;

/** The host of a copy of the package: its modules are loaded anew. */
function hostOfCopy() {
  const loaded = Object.entries(require.cache).filter(([path]) => path.includes(room));
  for (const [path] of loaded) delete require.cache[path];
  try {
    const { createHost }: typeof import("../../../provider/host/process") = require("../../../provider/host/process");
    return createHost({ environment: { HOME: "/nowhere" }, tell: () => {} });
  } finally {
    for (const [path, module] of loaded) require.cache[path] = module;
  }
}

describe("two copies of the package in one process", () => {
  const one = hostOfCopy();
  const other = hostOfCopy();

  it("give a tag to one resource only, whichever copy a resource comes from", async () => {
    const wantTag = (host: typeof one, urn: string) =>
      host.call(urn, ({ plan }) => plan.names.wantTag("registry.example/app", "1.0", urn));
    strictEqual(await wantTag(one, "first"), undefined);
    strictEqual(await wantTag(other, "second"), "first");
  });

  it("make changes of the same thing wait for each other", async () => {
    const order: string[] = [];
    const change = (name: string) => async () => {
      order.push(`${name} begins`);
      await new Promise(setImmediate);
      order.push(`${name} ends`);
    };
    const changing = [one, other].map((host, copy) =>
      host.call("urn", ({ turns }) => turns("list", change(`copy ${copy}`))),
    );
    await Promise.all(changing);
    deepStrictEqual(order, ["copy 0 begins", "copy 0 ends", "copy 1 begins", "copy 1 ends"]);
  });

  it("share nothing with a copy of another version, whose plan may look different", () => {
    const create = () => ({});
    strictEqual(sharedByCopies("thing", create, "1.0.0"), sharedByCopies("thing", create, "1.0.0"));
    notStrictEqual(sharedByCopies("thing", create, "1.0.0"), sharedByCopies("thing", create, "1.0.1"));
  });
});
