import path from 'node:path';

/** The name of what is delivered for a programme: with the suffix `.textless`, `news.ts` becomes `news.textless.ts`. */
export function deliveredName(file: string, suffix: string): string {
  const { name, ext } = path.parse(file);
  return `${name}${suffix}${ext}`;
}
