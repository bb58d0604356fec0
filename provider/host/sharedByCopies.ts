const { version }: { readonly version: string } = require("pulumi-multiarch/package.json");

/**
 * An object that all copies of this package in a process have in common. Copies of another version have one of their own: its shape
 * may differ.
 * @param name - of the object within the package.
 * @param create - makes the object for the copy that asks first.
 * @param packageVersion - default: this package's.
 */
export function sharedByCopies<T>(name: string, create: () => T, packageVersion = version): T {
  const key = Symbol.for(`pulumi-multiarch@${packageVersion}/${name}`);
  const found: T | undefined = Reflect.get(globalThis, key);
  if (found !== undefined) return found;
  const created = create();
  Reflect.set(globalThis, key, created);
  return created;
}
