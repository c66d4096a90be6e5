/** An exact rate or time base, such as 30000/1001. Never a float. */
export interface Rational {
  readonly num: number;
  readonly den: number;
}

/** Parses ffprobe's `num/den`; undefined for `0/0`, empty and malformed text. */
export function parseRational(text: string | undefined): Rational | undefined {
  const m = /^(\d+)\/(\d+)$/.exec(text ?? '');
  if (!m) return undefined;
  const num = Number(m[1]);
  const den = Number(m[2]);
  return num > 0 && den > 0 ? { num, den } : undefined;
}

/** The rate as a float, for estimates and display only. */
export const toNumber = (r: Rational): number => r.num / r.den;

/** `1:02:03.4` style time of day for people. */
export function clock(seconds: number): string {
  const s = Math.max(0, seconds);
  const h = Math.floor(s / 3600);
  const m = Math.floor(s / 60) % 60;
  const rest = Math.floor(s % 60)
    .toString()
    .padStart(2, '0');
  return h ? `${h}:${m.toString().padStart(2, '0')}:${rest}` : `${m}:${rest}`;
}

/** `0:00:03.480`: the time since the start with milliseconds, for files that people read. */
export function clockMs(seconds: number): string {
  const ms = Math.max(0, Math.round(seconds * 1000));
  const part = (value: number, digits: number): string => value.toString().padStart(digits, '0');
  const minutes = Math.floor(ms / 60_000) % 60;
  return `${Math.floor(ms / 3_600_000)}:${part(minutes, 2)}:${part(Math.floor(ms / 1000) % 60, 2)}.${part(ms % 1000, 3)}`;
}
