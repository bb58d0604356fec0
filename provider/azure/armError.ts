import { STATUS_CODES } from "node:http";
import { ProviderError, type RegistryErrorEntry, redact } from "../errors";
import type { Method } from "../http/message";
import { redactUrl } from "../http/url";
import type { JsonObject } from "../oci/json";

/** What was asked of Azure Resource Manager, and how it answered. */
export interface ArmFailure {
  readonly method: Method;
  readonly url: URL;
  readonly status: number;
  readonly body: JsonObject | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The answer's Retry-After in milliseconds. */
  readonly retryAfterMs?: number;
}

const textLimit = 1000;
const entryLimit = 10;

/**
 * The error for a refusal or a failed operation of Azure Resource Manager, in any of its envelopes: `{error: {code, message}}`,
 * the same beside `status: "Failed"` in an answer that is no refusal by its own status, and `{code, message}` alone.
 * @returns ERR_REGISTRY with method, redacted URL, status, Azure's codes and messages, advice, and the correlation id.
 * @see https://github.com/microsoft/api-guidelines/blob/vNext/azure/ConsiderationsForServiceDesign.md#errors
 */
export function armError(failure: ArmFailure): ProviderError<"ERR_REGISTRY"> {
  const { method, status, headers, retryAfterMs } = failure;
  const errors = entriesOf(failure.body?.fields);
  const url = redactUrl(failure.url);
  const correlation = headers["x-ms-correlation-request-id"];
  const parts = [
    `${method} ${url}: ${status} ${describe(status, errors)}.`,
    adviceFor(status, errors),
    correlation === undefined ? "" : `(x-ms-correlation-request-id: ${printable(correlation)})`,
  ];
  return new ProviderError("ERR_REGISTRY", parts.filter((part) => part !== "").join(" "), {
    method,
    url,
    status,
    errors,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

type Fields = Readonly<Record<string, unknown>>;

function entriesOf(fields: Fields = {}): readonly RegistryErrorEntry[] {
  const error = isFields(fields["error"]) ? fields["error"] : fields;
  const details = Array.isArray(error["details"]) ? error["details"].filter(isFields) : [];
  return [error, ...details].flatMap(readEntry).slice(0, entryLimit);
}

function readEntry({ code, message }: Fields): readonly RegistryErrorEntry[] {
  if (typeof code !== "string" || code === "") return [];
  return [{ code: printable(code), ...(typeof message === "string" && { message: printable(message) }) }];
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function printable(text: string): string {
  return redact(text).slice(0, textLimit).replace(/\s+/g, " ").trim();
}

function describe(status: number, errors: readonly RegistryErrorEntry[]): string {
  if (errors.length === 0) return STATUS_CODES[status] ?? "without a reason";
  return errors
    .map(({ code, message }) => (message ? `${code}: ${message}` : code))
    .join("; ")
    .replace(/\.$/, "");
}

function adviceFor(status: number, errors: readonly RegistryErrorEntry[]): string {
  const has = (code: string) => errors.some((entry) => entry.code === code);
  if (has("TasksOperationsNotAllowed"))
    return "ACR Tasks are paused for this subscription: ask Azure's support, or build elsewhere.";
  if (has("SubscriptionNotFound") || has("ResourceGroupNotFound") || has("ResourceNotFound"))
    return "Check the registry's resource id, and that this identity may see it.";
  if (status === 401) return "Sign in afresh, and check the tenant and the cloud (ARM_ENVIRONMENT).";
  if (status === 403)
    return 'Give this identity the right: "Container Registry Data Importer and Data Reader" to import, "Container Registry Tasks Contributor" to build.';
  return status >= 500 || status === 429 ? "Try again later." : "";
}
