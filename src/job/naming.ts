import path from 'node:path';

/** The name of what is delivered for a programme: with the suffix `.textless`, `news.ts` becomes `news.textless.ts`. */
export function deliveredName(file: string, suffix: string, extension = path.extname(file)): string {
  return `${path.parse(file).name}${suffix}${extension}`;
}

/** A path with another extension. */
export const withExtension = (file: string, extension: string): string => path.join(path.dirname(file), path.parse(file).name + extension);
