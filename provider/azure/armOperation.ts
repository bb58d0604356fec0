import { ProviderError } from "../errors";
import { parseRetryAfter } from "../http/retryAfter";
import { redactUrl, resolveLocation } from "../http/url";
import type { JsonObject } from "../oci/json";
import type { ArmAnswer, ArmClient, ArmRequest } from "./arm";
import { armError } from "./armError";

const defaultPauseMs = 10_000;

/**
 * Sends a request that may take long, and waits for its end: while Azure answers 202, or that its status is none of the last
 * ones, it asks again at the address that Azure named, after the pause that Azure asks for (10 s where it does not say).
 * @param limitMs - the longest that is waited for, in milliseconds.
 * @returns what the last answer says.
 * @throws as {@link ArmClient.send}; ERR_REGISTRY when the operation fails; ERR_TIMEOUT; ERR_ADDRESS_REFUSED for an address
 * outside of Azure Resource Manager, where no token is sent.
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
 */
export async function runArmOperation(
  arm: ArmClient,
  request: ArmRequest,
  limitMs: number,
): Promise<JsonObject | undefined> {
  const deadline = arm.clock.now() + limitMs;
  let url = request.url;
  let answer = await arm.send(request);
  for (;;) {
    const state = stateOf(answer);
    if (state === "done") return answer.body;
    if (state === "failed") throw armError({ method: "GET", url, ...answer });
    url = pollUrl(arm, url, answer);
    const pauseMs = parseRetryAfter(answer.headers["retry-after"], arm.clock.date()) ?? defaultPauseMs;
    if (arm.clock.now() + pauseMs > deadline) throw tooSlow(request, limitMs);
    await arm.clock.sleep(pauseMs);
    answer = await arm.send({ method: "GET", url, isRepeatable: true });
  }
}

function stateOf({ status, body }: ArmAnswer): "done" | "failed" | "running" {
  const said = body?.fields["status"];
  if (said === "Failed" || said === "Canceled") return "failed";
  if (status === 202) return "running";
  return typeof said !== "string" || said === "Succeeded" ? "done" : "running";
}

function pollUrl(arm: ArmClient, base: URL, { headers }: ArmAnswer): URL {
  const location = headers["azure-asyncoperation"] ?? headers["location"];
  if (location === undefined) return base;
  const url = resolveLocation(base, location);
  const isArm = url.protocol === arm.endpoint.protocol && `.${url.host}`.endsWith(`.${arm.endpoint.host}`);
  if (isArm) return url;
  throw new ProviderError(
    "ERR_ADDRESS_REFUSED",
    `${redactUrl(base)} points to ${redactUrl(url)}, which is not ${arm.endpoint.host}: no token is sent there. Ask Azure's support.`,
    { url: redactUrl(url) },
  );
}

function tooSlow({ method, url }: ArmRequest, limitMs: number): ProviderError<"ERR_TIMEOUT"> {
  const message = `${method} ${redactUrl(url)}: it had not ended after ${Math.round(limitMs / 60_000)} minutes. It may still end: run again later.`;
  return new ProviderError("ERR_TIMEOUT", message, { timeoutMs: limitMs });
}
