import { redact } from "../errors";

const longest = 120;

/** A text in quotation marks for an error message, cut after 120 characters: what is refused may be of any length. */
export function quote(text: string): string {
  // Before it is cut: what is left of a secret is not recognised any more.
  const known = redact(text);
  return known.length > longest ? `${JSON.stringify(known.slice(0, longest))} and so on` : JSON.stringify(text);
}
