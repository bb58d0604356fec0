/**
 * The name of a resource for messages: its kind and its own name, for example `MultiArchImage server`.
 * @param urn - empty where it is not known; else `urn:pulumi:stack::project::type::name`, where a name may have colons, too; a type may be led by its parents'.
 */
export function resourceName(urn: string): string {
  if (urn === "") return "a resource of this program";
  const [, , type = "", ...name] = urn.split("::");
  const kind = type.slice(type.lastIndexOf(":") + 1);
  return `${kind} ${name.join("::")}`;
}
