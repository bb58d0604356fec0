import { ProviderError, redact } from "../errors";
import { redactUrl } from "../http/url";
import type { JsonObject } from "../oci/json";

/** What was refused, for the message. */
export interface RefusedRequest {
  readonly asker: string;
  readonly url: URL;
  readonly method: string;
  readonly status: number;
}

const textLimit = 500;

// By the numbers of Entra's errors, which stand in `error_codes` and at the head of the description.
const advice: Readonly<Record<string, string>> = {
  "50012": "Correct the client secret or the federated credential.",
  "50020": "Sign in as a user of the registry's tenant.",
  "50034": "Correct the user's name or the tenant.",
  "50173": 'The sign-in was revoked: run "az login" again.',
  "70021": "Add a federated credential with this issuer, subject and audience to the application.",
  "70043": 'The sign-in has expired: run "az login" again.',
  "90002": "Correct the tenant: `tenantId`, or the variable ARM_TENANT_ID or AZURE_TENANT_ID.",
  "500011": "The audience is not known in this tenant: check the tenant and the cloud (ARM_ENVIRONMENT).",
  "700016":
    "Correct the application's id (`clientId`, ARM_CLIENT_ID or AZURE_CLIENT_ID) or the tenant (`tenantId`, ARM_TENANT_ID or AZURE_TENANT_ID).",
  "700024":
    "The OIDC token has expired: get a fresh one in the job's step that runs Pulumi, and check this machine's clock.",
  "700082": 'The sign-in has expired: run "az login" again.',
  "700211": "Correct the issuer of the application's federated credential.",
  "700212": "Correct the audience of the application's federated credential: api://AzureADTokenExchange.",
  "700213": "Correct the subject of the application's federated credential.",
  "900023": "Correct the tenant: `tenantId`, or the variable ARM_TENANT_ID or AZURE_TENANT_ID.",
  "7000215":
    "Correct the client secret: its value, not its id, belongs into ARM_CLIENT_SECRET, AZURE_CLIENT_SECRET or the variable of `clientSecretEnv`.",
  "7000222": "The client secret has expired: make a new one for the application.",
};

/** Which of Entra's errors an answer or a text tells of: its number. */
export function entraErrorOf(text: string): string | undefined {
  return /AADSTS(\d{4,9})/.exec(text)?.[1];
}

/** What a person can do about one of Entra's errors. */
export function adviceForEntra(number: string | undefined): string {
  return advice[number ?? ""] ?? "Check the tenant, the application and its secret or federated credential.";
}

/**
 * The error for a refused request for a token.
 * @param answer - `{error, error_description, correlation_id}`, as Entra and managed identities refuse, if it is JSON at all.
 * @returns ERR_AUTH with what was said, the advice for it and the correlation id.
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export function entraRefusal(request: RefusedRequest, answer: JsonObject | undefined): ProviderError<"ERR_AUTH"> {
  const { asker, url, method, status } = request;
  const said = (name: string) => printable(answer?.fields[name]);
  const description = said("error_description") || said("error") || "without a reason";
  const correlation = said("correlation_id");
  const message =
    `${method} ${redactUrl(url)}: ${status}: ${description.replace(/\.$/, "")}. No token for ${asker}. ` +
    `${adviceForEntra(entraErrorOf(description))}${correlation && ` (correlation id: ${correlation})`}`;
  return new ProviderError("ERR_AUTH", message, { host: url.host });
}

/** The first line: those after it repeat ids and the time. */
function printable(value: unknown): string {
  const [line = ""] = (typeof value === "string" ? value : "").split(/\r?\n| Trace ID:/);
  return redact(line).slice(0, textLimit).trim();
}
