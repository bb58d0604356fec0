import { createHmac } from "node:crypto";

/** What a token says; times in seconds since the Unix epoch. */
export type Claims = Readonly<Record<string, unknown>> & { readonly exp: number };

/** A JSON Web Token, signed with a key that only the stand-ins of one test know (HS256). */
export function signJwt(claims: Claims, key: string): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const signed = `${encode({ typ: "JWT", alg: "HS256" })}.${encode(claims)}`;
  return `${signed}.${signatureOf(signed, key)}`;
}

/** @returns the claims; `undefined` for a token that this key has not signed. Whether it has expired is not looked at. */
export function readJwt(token: string, key: string): Claims | undefined {
  const [header, payload, signature] = token.split(".");
  if (signature !== signatureOf(`${header}.${payload}`, key)) return undefined;
  return JSON.parse(Buffer.from(payload ?? "", "base64url").toString());
}

function signatureOf(signed: string, key: string): string {
  return createHmac("sha256", key).update(signed).digest("base64url");
}
