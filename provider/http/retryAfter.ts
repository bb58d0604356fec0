const delaySeconds = /^\d{1,10}$/;
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * How long a Retry-After header asks to wait.
 * @param value - the header's value: whole seconds or an HTTP-date.
 * @param nowMs - the time to count a date from, in milliseconds since the Unix epoch.
 * @returns milliseconds, 0 for a date that is past; `undefined` without the header, or for a value that is neither.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? "";
  if (delaySeconds.test(text)) return Number(text) * 1000;
  const time = httpDate.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, time - nowMs);
}
