import assert from "node:assert/strict";
import { cloudOf, secureUrl } from "../../../provider/azure/cloud";
import { hasCode } from "../../../provider/errors";
import type { Environment } from "../../../provider/program";

const china = ["https://login.partner.microsoftonline.cn/", "https://management.chinacloudapi.cn/"];
const usGovernment = ["https://login.microsoftonline.us/", "https://management.usgovcloudapi.net/"];
const publicCloud = ["https://login.microsoftonline.com/", "https://management.azure.com/"];

describe("cloudOf", () => {
  const found = (environment: Environment, address?: string) => {
    const { authority, resourceManager } = cloudOf(environment, address);
    return [authority.href, resourceManager.href];
  };

  const rows: readonly (readonly [environment: Environment, address: string | undefined, cloud: readonly string[]])[] =
    [
      [{}, undefined, publicCloud],
      [{}, "contoso.azurecr.io", publicCloud],
      [{}, "contoso.azurecr.cn", china],
      [{}, "contoso.azurecr.us:443", usGovernment],
      [{}, "azurecr.us.example.com", publicCloud],
      [{ ARM_ENVIRONMENT: "usgovernment" }, "contoso.azurecr.io", usGovernment],
      [{ AZURE_ENVIRONMENT: "AzureChinaCloud" }, undefined, china],
      [{ ARM_ENVIRONMENT: "public", AZURE_ENVIRONMENT: "china" }, undefined, publicCloud],
      [
        { AZURE_AUTHORITY_HOST: "login.example" },
        undefined,
        ["https://login.example/", "https://management.azure.com/"],
      ],
      [
        { AZURE_AUTHORITY_HOST: "http://localhost:8080" },
        undefined,
        ["http://localhost:8080/", "https://management.azure.com/"],
      ],
      [
        { ARM_RESOURCE_MANAGER_ENDPOINT: "https://management.stack.example/" },
        undefined,
        ["https://login.microsoftonline.com/", "https://management.stack.example/"],
      ],
    ];
  for (const [environment, address, cloud] of rows)
    it(`gives ${cloud[0]} for ${JSON.stringify(environment)} and ${address ?? "no registry"}`, () => {
      assert.deepEqual(found(environment, address), cloud);
    });

  it("has tokens for Azure Resource Manager issued for its own address, unless the environment says otherwise", () => {
    const endpoint = { ARM_RESOURCE_MANAGER_ENDPOINT: "https://management.stack.example" };
    const audience = { ARM_RESOURCE_MANAGER_AUDIENCE: "https://management.other.example" };
    assert.deepEqual(
      [{}, endpoint, { ...endpoint, ...audience }].map((environment) => cloudOf(environment).resourceManagerAudience),
      ["https://management.azure.com", "https://management.stack.example", "https://management.other.example"],
    );
  });

  for (const environment of [
    { ARM_ENVIRONMENT: "mars" },
    { AZURE_AUTHORITY_HOST: "http://login.example" },
    { ARM_RESOURCE_MANAGER_ENDPOINT: "http://management.example" },
  ])
    it(`names the variable of ${JSON.stringify(environment)}`, () => {
      const [name = ""] = Object.keys(environment);
      assert.throws(
        () => cloudOf(environment),
        (error) => hasCode(error, "ERR_INPUT_INVALID") && error.details.path === name && error.message.includes(name),
      );
    });
});

describe("secureUrl", () => {
  const rows: readonly (readonly [text: string, isSecure: boolean])[] = [
    ["https://login.example/path", true],
    ["http://localhost:1", true],
    ["http://127.0.0.1:1", true],
    ["http://localhost.example", false],
    ["http://169.254.169.254", false],
    ["ftp://localhost", false],
    ["no URL", false],
  ];
  for (const [text, isSecure] of rows)
    it(`${isSecure ? "takes" : "refuses"} ${text}`, () => {
      assert.equal(secureUrl(text) !== undefined, isSecure);
    });
});
