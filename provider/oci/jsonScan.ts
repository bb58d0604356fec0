/** What a JSON text shows before it is parsed. Says nothing of whether it is valid JSON. */
export interface JsonScan {
  /** How many objects and arrays are open at once at the deepest place. */
  readonly depth: number;
  /** The keys of the outermost object as they are written: with quotes and escapes, repeated ones repeated. */
  readonly topLevelKeys: readonly string[];
}

/**
 * Scans a JSON text in one pass, in time linear in its length and without recursion.
 * It tells what `JSON.parse` hides (a repeated key) or tells too late (nesting that exhausts the stack of whoever walks it).
 * @param text - of any content; malformed JSON gives some answer and no error.
 */
export function scanJson(text: string): JsonScan {
  const topLevelKeys: string[] = [];
  let open = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{" || character === "[") {
      open++;
      depth = Math.max(depth, open);
    } else if (character === "}" || character === "]") {
      open--;
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (open === 1 && isFollowedByColon(text, end)) topLevelKeys.push(text.slice(at, end));
      at = end - 1;
    }
  }
  return { depth, topLevelKeys };
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function isFollowedByColon(text: string, start: number): boolean {
  let at = start;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at++;
  return text[at] === ":";
}
