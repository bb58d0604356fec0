import { ProviderError } from "../errors";

const pattern =
  /^\/subscriptions\/[^/?#]+\/resourceGroups\/[^/?#]+\/providers\/Microsoft\.ContainerRegistry\/registries\/[A-Za-z0-9-]+$/i;

/**
 * Reads the resource id of an Azure Container Registry.
 * @param text - `/subscriptions/…/resourceGroups/…/providers/Microsoft.ContainerRegistry/registries/…`, in any case.
 * @returns it as it is: Azure's own spelling is the one to use.
 * @throws ERR_REFERENCE_INVALID for anything else.
 */
export function parseRegistryId(text: string): string {
  if (pattern.test(text)) return text;
  throw new ProviderError(
    "ERR_REFERENCE_INVALID",
    `${JSON.stringify(text)} is not the resource id of a container registry: /subscriptions/…/resourceGroups/…/providers/Microsoft.ContainerRegistry/registries/….`,
    { reference: text },
  );
}
