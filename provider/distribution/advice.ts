import type { RegistryErrorEntry } from "../errors";
import type { Method } from "../http/message";
import type { Scope } from "./authorization";

/** A request that a registry refused, and its answer. */
export interface Refusal {
  readonly method: Method;
  readonly status: number;
  readonly scopes: readonly Scope[];
  readonly errors: readonly RegistryErrorEntry[];
  /** What to do about missing rights, when whoever signs in knows it better. */
  readonly advice?: string;
}

type Rule = readonly [applies: (refusal: Refusal) => boolean, advice: (refusal: Refusal) => string];

// The first that applies counts.
const rules: readonly Rule[] = [
  [
    (refusal) => isWrite(refusal) && hasCode(refusal, "NAME_UNKNOWN"),
    () => "Create the repository first: this registry does not create it on the first push.",
  ],
  [(refusal) => hasCode(refusal, "NAME_UNKNOWN"), () => "Check the repository's name."],
  [
    (refusal) =>
      hasCode(refusal, "MANIFEST_BLOB_UNKNOWN") ||
      (refusal.method === "PUT" && (hasCode(refusal, "BLOB_UNKNOWN") || hasCode(refusal, "MANIFEST_UNKNOWN"))),
    () => "Push the blobs and manifests that this manifest names to the same repository first.",
  ],
  [
    ({ method, status }) => method === "PUT" && status === 415,
    () =>
      'This registry does not take this media type, such as those of Docker\'s format: set format: "oci", or have its operator allow it.',
  ],
  [
    (refusal) => refusal.method === "DELETE" && isNeededThere(refusal),
    () => "The registry keeps what an index lists, or a rule protects: delete the index first, or change the rule.",
  ],
  [({ status }) => status === 401, (refusal) => `Check the credentials for this registry${rightsOf(refusal)}.`],
  [
    ({ errors }) => errors.some(({ message = "" }) => message.includes("aka.ms/acr/firewall")),
    () =>
      "Add this machine's address to the registry's network rules (az acr network-rule add), or run where they let it through.",
  ],
  [
    ({ errors }) => errors.some(({ message = "" }) => /soft.?deleted/i.test(message)),
    () => "Restore it (az acr manifest restore), or purge it from the registry's soft-deleted manifests.",
  ],
  [
    (refusal) => refusal.status === 403 || hasCode(refusal, "DENIED"),
    (refusal) => refusal.advice ?? `Ask the registry's operator for the rights${rightsOf(refusal)}.`,
  ],
  [
    ({ status }) => status === 413,
    () => "Ask the operator of the registry, or of the proxy before it, to allow larger requests.",
  ],
  [
    ({ method, status }) => method === "DELETE" && (status === 405 || status === 501),
    () => "This registry does not delete, or has it switched off: switch it on or keep the content.",
  ],
  [({ status }) => status === 429, () => "The registry limits how often it may be asked: try again later."],
  [({ status }) => status >= 500, () => "The registry failed: try again later, then ask its operator."],
  [({ status }) => status >= 300 && status < 400, () => "This redirect is not followed: ask the registry's operator."],
  [({ status }) => status === 404, () => "Check the registry's address and the repository's name."],
];

/** What a person can do about a refusal: one sentence, or nothing when the registry's own words have to do. */
export function adviceFor(refusal: Refusal): string {
  return rules.find(([applies]) => applies(refusal))?.[1](refusal) ?? "";
}

function isWrite({ method }: Refusal): boolean {
  return method !== "GET" && method !== "HEAD";
}

/** zot answers 405 DENIED, GitLab 409, Harbor 412. */
function isNeededThere(refusal: Refusal): boolean {
  const { status } = refusal;
  return status === 409 || status === 412 || (status === 405 && hasCode(refusal, "DENIED"));
}

function hasCode({ errors }: Refusal, code: string): boolean {
  return errors.some((entry) => entry.code === code);
}

function rightsOf({ scopes }: Refusal): string {
  const rights = scopes.map(({ repository, actions }) => `${actions.join(", ")} on ${repository}`);
  return rights.length === 0 ? "" : ` (${rights.join("; ")})`;
}
