/**
 * The roles that give rights on a registry.
 * @param isAbac - whether the registry is known to give them for single repositories.
 */
export function azureRoles(isAbac: boolean): string {
  const abac = "Container Registry Repository Reader to pull, Container Registry Repository Writer to push";
  if (isAbac) return `${abac} (AcrPull and AcrPush do not count on a registry with repository permissions)`;
  return `AcrPull to pull, AcrPush to push, AcrDelete to delete; on a registry with repository permissions (ABAC) ${abac}`;
}

/** What to do when an Entra identity lacks rights. */
export function azureRightsAdvice(name: string, isAbac: boolean): string {
  return `Assign ${name} a role on the registry: ${azureRoles(isAbac)}. A new assignment takes up to 10 minutes to count: run again then.`;
}
