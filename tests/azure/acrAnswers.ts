import type { OutgoingHttpHeaders } from "node:http";

/** A response of the front that does not come from the registry behind it. */
export interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: object;
}

/** What somebody may do with one repository. */
export interface Right {
  readonly repository: string;
  readonly action: string;
}

/** An error body of the distribution specification. */
export function errorAnswer(status: number, code: string, message: string, detail?: unknown): Answer {
  return { status, body: { errors: [{ code, message, ...(detail !== undefined && { detail }) }] } };
}

/**
 * The challenge: headers and body as recorded in azure-sdk-for-python, `sdk/containerregistry/…/tests/recordings`.
 * `error` in it after a refused token is the registry specification's; for Azure it is assumed.
 */
export function challenge(realm: string, service: string, rights: readonly Right[], error?: string): Answer {
  const scope = scopesOf(rights).join(" ");
  const parameters = { realm, service, ...(scope && { scope }), ...(error && { error }) };
  const detail = rights.map(({ repository, action }) => ({ Type: "repository", Name: repository, Action: action }));
  const message =
    "authentication required, visit https://aka.ms/acr/authorization for more information. CorrelationId: 00000000-0000-0000-0000-000000000000";
  return {
    ...errorAnswer(401, "UNAUTHORIZED", message, detail),
    headers: {
      "www-authenticate": `Bearer ${Object.entries(parameters)
        .map(([name, value]) => `${name}="${value}"`)
        .join(",")}`,
    },
  };
}

/** @see https://learn.microsoft.com/azure/container-registry/container-registry-troubleshoot-access */
export const firewallAnswer = errorAnswer(
  403,
  "DENIED",
  "client with IP '203.0.113.7' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.",
);

/** As Azure/acr-cli issue 70 quotes it. */
export const disallowedAnswer = errorAnswer(
  405,
  "REGISTRY_DISALLOWED_OPERATION",
  "The operation is disallowed on this registry, repository or image. View troubleshooting steps at https://aka.ms/acr/faq/#why-does-my-pull-or-push-request-fail-with-disallowed-operation",
  {},
);

/** Recorded in azure-sdk-for-python. */
export const tagUnknownAnswer = errorAnswer(404, "TAG_UNKNOWN", "the specified tag does not exist");

/** @see https://github.com/distribution/distribution/blob/v3.0.0/registry/api/errcode/register.go */
export const manifestUnknownAnswer = errorAnswer(404, "MANIFEST_UNKNOWN", "manifest unknown");

function scopesOf(rights: readonly Right[]): readonly string[] {
  const actions = new Map<string, readonly string[]>();
  for (const { repository, action } of rights) {
    const needed = action === "push" ? ["pull", "push"] : [action];
    actions.set(repository, [...new Set([...(actions.get(repository) ?? []), ...needed])]);
  }
  return [...actions].map(([repository, list]) => `repository:${repository}:${list.join(",")}`);
}
