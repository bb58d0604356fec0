/** Whether a repository lies at or below a path: `team/server` below `team`, not below `te`. Everything lies below an empty one. */
export function isWithin(repository: string, path: string): boolean {
  return path === "" || repository === path || repository.startsWith(`${path}/`);
}
