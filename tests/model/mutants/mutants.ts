/** A fault that is put into the code: each text, which occurs once in provider/, is replaced. */
export interface Mutant {
  /** Of the list of what was found; `-` for other rules. */
  readonly number: string;
  /** The fault, as a user would report it. */
  readonly fault: string;
  readonly patches: readonly { readonly find: string; readonly put: string }[];
}

function mutant(number: string, fault: string, ...texts: readonly string[]): Mutant {
  const patches = texts.flatMap((find, place) => (place % 2 === 0 ? [{ find, put: texts[place + 1] ?? "" }] : []));
  return { number, fault, patches };
}

/**
 * Faults that the model has to see.
 *
 * Left out: B5 (images of @pulumi/docker-build) and A12 (the cache on disk), of which the model has neither.
 */
export const mutants: readonly Mutant[] = [
  mutant("A1", "what a create wanted counts as done", " || !isPut(outcome)", ""),
  mutant("A2", "a delete takes a manifest that the program still wants", "planned.push(digest);", ""),
  mutant("A3", "another name of the registry counts as another registry", "return status < 300;", "return false;"),
  mutant(
    "A4",
    "any 404 of the list of tags means that there are none",
    '"tags/list");\n  const readAbsence = (response: HttpResponse) => confirmAbsence(response, { kind: "repository", name });',
    '"tags/list");\n  const readAbsence = async (_: HttpResponse) => {};',
  ),
  mutant(
    "A5",
    "a placeholder that a killed process left is not finished",
    "if (standing === undefined) return undefined;",
    "return undefined;",
  ),
  mutant(
    "A6",
    "indexes about one subject write its list at once, and do not look afterwards",
    "const tag = referrersTag(subject);\n  return context.turns(",
    "const tag = referrersTag(subject);\n  return ((_: string, work: () => Promise<void>) => work())(",
    ".catch(unlessTaken);",
    ".catch(unlessTaken);\n      return;",
  ),
  mutant(
    "A7",
    "any 404 of a manifest means that it is gone",
    'await confirmAbsence(response, { kind: "manifest", name });\n    return undefined;',
    "return undefined;",
  ),
  mutant(
    "A8",
    "an update of which one tag failed forgets the tags that it moved",
    "    record: withTags(record, outcomes, digests, onConflict),\n    failures,",
    "    record: failures.length > 0 ? record : withTags(record, outcomes, digests, onConflict),\n    failures,",
  ),
  mutant(
    "A9",
    "a child's tag is not claimed",
    "wantTags(context, target, Object.keys(kind.companionTags(results)), kind.decidedBy);",
    "",
  ),
  mutant(
    "A9",
    "a child's tag is not watched",
    "const others = Object.keys(companions).filter(",
    "const others = Object.keys({}).filter(",
  ),
  mutant(
    "A10",
    "the first real tag shows what a DELETE does, and siblings are not put back",
    "learnt = await learnTagDeletion(removal);",
    'learnt = "unlearnt";',
    "return putBack(content, [tag, ...siblings]);",
    "return putBack(content, [tag]);",
  ),
  mutant(
    "A11",
    "what a stranger wrote after a lost answer is overwritten",
    "throw takenMeanwhile(nameOf(access, tag), { tag, sent: digest, before: replaces.digest, current });",
    "return false;",
  ),
  mutant(
    "B1",
    "a reference to what the program is going to push is sought on the registry alone",
    "const plannedManifest = (digest: string) => places()",
    "const plannedManifest = (digest: string) => [place].slice(1)",
  ),
  mutant(
    "B2",
    "two children's tags that are one are seen in up only",
    "if ((named.get(tag) ?? child.digest) !== child.digest)",
    "if (named.size < 0)",
  ),
  mutant(
    "B3",
    "another spelling of an address stays as it is",
    "const inputs = { ...bag, ...canonicalRegistry(bag, declared.target) };",
    "const inputs = { ...bag };",
  ),
  mutant(
    "B4",
    "platforms are known to be none while an image is not known",
    "if (pending.includes(undefined)) return undefined;",
    "if (pending.includes(undefined)) return {};",
  ),
  mutant(
    "B6",
    "a repaired drift stays in the state",
    '{ ...omit(inputs, new Set(["drift"])), ...kind.outputs.format(outputs) }',
    "{ ...omit(inputs, new Set()), ...kind.outputs.format(outputs) }",
  ),
  mutant(
    "B7",
    "an image without a tag is previewed though nothing can be reached",
    "if (tags.length === 0 && recorded === undefined) await reachRegistry(context, target);",
    "",
  ),
  mutant(
    "C7",
    "where a manifest goes with its last tag, it is not put by digest before",
    "await removal.putManifest(expected, content);\n",
    "",
  ),
  mutant(
    "C9",
    "what a moved tag has left behind is not put back",
    "if ((await repository.lookForManifest(digest)) === undefined) await repository.putManifest(digest, manifest);",
    "if (digest === undefined) await repository.putManifest(digest, manifest);",
  ),
  mutant(
    "-",
    "a tag that a stranger moves between check and write is overwritten",
    "if (planned && planned.descriptor?.digest !== held?.digest) throw movedMeanwhile(name, tag, planned.descriptor, held);",
    "",
    'if (held && write.onConflict === "fail" && !mayMove(held.digest))',
    "if (held && mayMove === undefined)",
  ),
  mutant(
    "-",
    "a look at a tag is fresh for ever",
    "clock.now() - look.at <= freshMilliseconds",
    "clock.now() - look.at <= Infinity",
  ),
  mutant(
    "-",
    "a stranger's tag is no conflict in check",
    "if (recorded === undefined) throw await conflict(",
    "if (recorded === null) throw await conflict(",
  ),
  mutant(
    "-",
    "a tag that a stranger has moved is removed",
    'return current.digest === expected ? undefined : "moved";',
    "return undefined;",
  ),
  mutant(
    "-",
    "an adopted tag counts as created",
    "isAdopted: record.managed.get(tag)?.isAdopted ?? isFound",
    "isAdopted: false",
  ),
  mutant(
    "-",
    "a delete does not look which manifests strangers' tags name",
    "if (descriptor && !ours.includes(descriptor.digest)) await addAllUnder(repository, descriptor, needed, ours);",
    "",
  ),
  mutant(
    "-",
    "a tag that leaves the program stays, though it is to be removed",
    'if (behaviour.onUnlist === "untag") {',
    "if (unlisted.length < 0) {",
  ),
  mutant(
    "-",
    "a child that is gone is not seen",
    'return sight.found === undefined ? [[name, "gone"]] : [];',
    "return [];",
  ),
  mutant(
    "-",
    "a lost child is shown at the index as well as at its own resource",
    "!contents.isTended(place, digest)",
    "place !== digest",
  ),
  mutant(
    "-",
    "a lost child is left to a resource that does not look",
    'if (isPutAnyway || planned.behaviour.reconcile === "onUp")\n',
    "if (place)\n",
  ),
  mutant(
    "-",
    "a manifest of its own that is gone is not seen without a tag",
    'return sight.found === undefined ? { [digest]: "gone" } : {};',
    "return {};",
  ),
  mutant("-", "an update that failed half way counts as whole", "record.isUnfinished || isDrifted", "isDrifted"),
  mutant(
    "-",
    "a tag of a replaced resource goes though its successor wants it",
    "if (owner === undefined) await removeTag(context, repository, removal, tag, digest);\n    else",
    "await removeTag(context, repository, removal, tag, digest);\n    if (owner)",
  ),
];
