import { strictEqual } from "node:assert/strict";
import { createUrns } from "../../../provider/host/urns";

const urn = "urn:pulumi:test::test::pulumi-nodejs:dynamic/multiarch:PlatformImage::server";
const inputs = { repository: "team/server", registry: { address: "localhost:5000", plainHttp: true } };
const asTheEngineReturnsThem = {
  registry: { plainHttp: true, address: "localhost:5000" },
  __provider: "exports.handler=…",
  repository: "team/server",
};

describe("createUrns", () => {
  it("recognises a resource by its checked inputs, in whatever order they come back", () => {
    const urns = createUrns();
    urns.checked(inputs, urn);
    strictEqual(urns.ofInputs(asTheEngineReturnsThem), urn);
  });

  it("recognises it by its id once that came with these inputs", () => {
    const urns = createUrns();
    urns.checked(inputs, urn);
    urns.identified("localhost:5000/team/server:1", asTheEngineReturnsThem);
    strictEqual(urns.ofId("localhost:5000/team/server:1"), urn);
  });

  it("does not know what this process has not checked", () => {
    const urns = createUrns();
    urns.checked(inputs, urn);
    urns.identified("id", { ...inputs, repository: "team/other" });
    strictEqual(urns.ofInputs({ ...inputs, repository: "team/other" }), undefined);
    strictEqual(urns.ofId("id"), undefined);
  });
});
