import type { ModelRegistry } from "../registry";
import type { Storage } from "../storage";
import { isListTag, manifestsUnder, readManifest } from "../tree";
import { listedUnder } from "./content";

/**
 * Names with all that stays as long as they do: the manifests that they lead to, what refers to these, and the tags under which that
 * is listed or kept.
 */
export function withCompany({ storage }: ModelRegistry, names: Iterable<string>): ReadonlySet<string> {
  let company: ReadonlySet<string> = new Set(names);
  for (let size = -1; size < company.size; ) {
    size = company.size;
    company = new Set([...company, ...ledTo(storage, company), ...referring(storage, company)]);
  }
  return company;
}

function ledTo(storage: Storage, names: ReadonlySet<string>): readonly string[] {
  return [...names].flatMap((name) => {
    const [repository = "", reference = ""] = name.split(/[:@](.*)/);
    const digest = name.includes("@") ? reference : storage.tags.get(name);
    const manifests = digest === undefined ? [] : manifestsUnder(storage, repository, digest);
    return manifests.map((one) => `${repository}@${one}`);
  });
}

function referring(storage: Storage, names: ReadonlySet<string>): readonly string[] {
  const isIn = (name: string, digest = "") => names.has(`${name.split(/[:@]/)[0]}@${digest}`);
  const manifests = [...storage.manifests].filter(([name, one]) => isIn(name, readManifest(one).subject?.digest));
  const tags = [...storage.tags].filter(([name, digest]) => {
    const [, subject] = /:sha256-([0-9a-f]{64})/.exec(name) ?? [];
    if (subject === undefined) return false;
    const listed = isListTag(name) ? listedUnder(storage, name) : [digest];
    return [`sha256:${subject}`, ...listed].some((one) => isIn(name, one));
  });
  return [...manifests, ...tags].map(([name]) => name);
}
