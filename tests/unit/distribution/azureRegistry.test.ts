import assert from "node:assert/strict";
import { isAzureRegistry } from "../../../provider/distribution/azureRegistry";
import type { RegistryConnection } from "../../../provider/distribution/connection";

describe("isAzureRegistry", () => {
  const rows: readonly (readonly [connection: RegistryConnection, isAzure: boolean])[] = [
    [{ address: "team.azurecr.io" }, true],
    [{ address: "team-ab12.azurecr.io:443" }, true],
    [{ address: "team.westeurope.geo.azurecr.io" }, true],
    [{ address: "team.azurecr.cn" }, true],
    [{ address: "team.azurecr.us", credentials: { anonymous: true } }, true],
    [{ address: "localhost:5000", credentials: { azure: {} } }, true],
    [{ address: "ghcr.io" }, false],
    [{ address: "azurecr.io.example" }, false],
    [{ address: "notazurecr.io" }, false],
    [{ address: "localhost:5000" }, false],
  ];
  for (const [connection, isAzure] of rows)
    it(`says ${isAzure ? "yes" : "no"} to ${JSON.stringify(connection)}`, () => {
      assert.equal(isAzureRegistry(connection), isAzure);
    });
});
