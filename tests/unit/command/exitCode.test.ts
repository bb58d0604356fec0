import { strictEqual } from "node:assert/strict";
import { exitCodeOf } from "../../../provider/command/exitCode";
import { ProviderError } from "../../../provider/errors";

const url = "https://r.example/v2/a/manifests/1";

function registryError(status: number): ProviderError<"ERR_REGISTRY"> {
  return new ProviderError("ERR_REGISTRY", "refused", { method: "GET", url, status, errors: [] });
}

describe("exitCodeOf", () => {
  const cases: readonly (readonly [title: string, error: unknown, expected: number])[] = [
    ["1 for an error that is none of ours", new TypeError("x is undefined"), 1],
    ["1 for what is thrown and no error", undefined, 1],
    ["1 for a registry that fails", registryError(500), 1],
    ["1 for content that is not what it claims", new ProviderError("ERR_CONTENT_INVALID", "no manifest", {}), 1],
    ["2 for wrong arguments", new ProviderError("ERR_INPUT_INVALID", "wrong", { path: "--raw" }), 2],
    ["2 for a malformed reference", new ProviderError("ERR_REFERENCE_INVALID", "wrong", { reference: "A" }), 2],
    ["3 for what is not there", new ProviderError("ERR_NOT_FOUND", "gone", { reference: "r.example/a:1" }), 3],
    ["4 for refused credentials", new ProviderError("ERR_AUTH", "refused", { host: "r.example" }), 4],
    ["4 for status 401", registryError(401), 4],
    ["4 for status 403", registryError(403), 4],
    ["5 for no connection", new ProviderError("ERR_TRANSPORT", "refused", { method: "GET", url, retryable: true }), 5],
    ["5 for a certificate that is not trusted", new ProviderError("ERR_TLS", "untrusted", { method: "GET", url }), 5],
    ["5 for silence", new ProviderError("ERR_TIMEOUT", "too late", { timeoutMs: 1 }), 5],
  ];
  for (const [title, error, expected] of cases) {
    it(`is ${title}`, () => strictEqual(exitCodeOf(error), expected));
  }
});
