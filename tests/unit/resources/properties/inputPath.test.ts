import assert from "node:assert/strict";
import { type AnyProviderError, messageOf, ProviderError } from "../../../../provider/errors";
import { withInputPath } from "../../../../provider/resources/properties/inputPath";

const request = { method: "GET", url: "https://r.example/v2/" };

describe("the input that an error blames", () => {
  const cases: readonly (readonly [title: string, error: AnyProviderError, path: string])[] = [
    ["an untrusted certificate", new ProviderError("ERR_TLS", "x", request), "registry.caCertificate"],
    [
      "TLS spoken to a plain server",
      new ProviderError("ERR_TLS", "x", { ...request, decidedBy: "plainHttp" }),
      "registry.plainHttp",
    ],
    [
      "a server that wants a client's certificate",
      new ProviderError("ERR_TLS", "x", { ...request, decidedBy: "clientCertificate" }),
      "registry.clientCertificate",
    ],
    [
      "a server that does not listen",
      new ProviderError("ERR_TRANSPORT", "x", { ...request, retryable: true }),
      "registry.address",
    ],
    [
      "a process with too many open files",
      new ProviderError("ERR_TRANSPORT", "x", { ...request, retryable: false, isLocal: true }),
      "registry",
    ],
  ];
  for (const [title, error, path] of cases)
    it(`is ${path} for ${title}`, async () => {
      const thrown = await withInputPath("registry", true, () => Promise.reject(error)).catch(
        (given: unknown) => given,
      );
      assert.equal(messageOf(thrown), `${path}: x`);
    });
});
