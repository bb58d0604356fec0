/** One way to authenticate that a server offers. */
export interface Challenge {
  /** Lower case: `basic`, `bearer`, or one that this client does not speak. */
  readonly scheme: string;
  /** Lower-case names; of a repeated parameter the first value. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Reads a WWW-Authenticate header: any number of challenges, also of several headers joined by a comma. Reading stops at the
 * first thing that is no challenge, so the answer may lack what came after it, but never holds what was not sent.
 * Takes time linear in the header's length.
 * @param header - the header's value.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { readonly scheme: string; readonly parameters: Map<string, string> }[] = [];
  const next = matcher(header);
  for (;;) {
    next(separators);
    const parameter = next(authParam);
    if (parameter !== undefined) {
      const { name = "", quoted, plain = "" } = parameter;
      const parameters = challenges.at(-1)?.parameters;
      if (parameters === undefined) return [];
      const key = name.toLowerCase();
      if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/gs, "$1") ?? plain);
      continue;
    }
    const scheme = next(authScheme)?.["scheme"];
    if (scheme === undefined) return challenges;
    challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    next(token68);
  }
}

/**
 * The challenge to answer: Bearer with a realm to ask for tokens, else Basic, else any Bearer.
 * @returns `undefined` when neither scheme is offered.
 */
export function chooseChallenge(offered: readonly Challenge[]): Challenge | undefined {
  return (
    offered.find(({ scheme, parameters }) => scheme === "bearer" && parameters.has("realm")) ??
    offered.find(({ scheme }) => scheme === "basic") ??
    offered.find(({ scheme }) => scheme === "bearer")
  );
}

const separators = /[ \t,]*/y;
const authParam =
  /(?<name>[\w!#$%&'*+.^`|~-]+)[ \t]*=[ \t]*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^\s",]+))(?=[ \t,]|$)/suy;
const authScheme = /(?<scheme>[\w!#$%&'*+.^`|~-]+)(?=[ \t,]|$)/y;
// Some schemes (Negotiate) send one opaque text in place of parameters.
const token68 = /[ \t]+[\w.~+/-]+=*(?=[ \t]*(?:,|$))/y;

function matcher(text: string): (pattern: RegExp) => Readonly<Record<string, string | undefined>> | undefined {
  let position = 0;
  return (pattern) => {
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match === null) return undefined;
    position = pattern.lastIndex;
    return match.groups ?? {};
  };
}
