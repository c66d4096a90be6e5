import { readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { TextlessError } from '../../core/errors.js';

const require = createRequire(import.meta.url);
const SCOPE = '@tesseract.js-data';

/**
 * Which of the two sets of weights in a language's package: LSTM networks in whole numbers, made from the best ones. The other set
 * made half as many mistakes again in Chinese and three times as many in Korean, is four times as large, and was equal in Latin script.
 */
const WEIGHTS = '4.0.0_best_int';

/** A language whose data is here. */
export interface LanguageData {
  /** As tesseract names it: `eng`, `chi_sim`. */
  readonly code: string;
  /** Holds `CODE.traineddata.gz`. */
  readonly folder: string;
}

/**
 * Where the data of languages lies. Never fetched from a network: each language is a package.
 * @throws TextlessError TEXTLESS_LANGUAGE naming every package that must be installed
 */
export async function languageData(codes: readonly string[]): Promise<LanguageData[]> {
  const found = await Promise.all(codes.map(async (code) => ({ code, folder: await folderOf(code) })));
  const missing = found.filter((l) => !l.folder).map((l) => l.code);
  if (!missing.length) return found.flatMap(({ code, folder }) => (folder ? [{ code, folder }] : []));
  const packages = missing.map((code) => `${SCOPE}/${code}`).join(' ');
  const what = missing.length > 1 ? `the languages ${missing.join(', ')}` : `the language ${missing[0]}`;
  throw new TextlessError('TEXTLESS_LANGUAGE', `The data to read ${what} is not installed; type: npm install ${packages}`);
}

/** Scripts other than Latin, each with the beginnings of the codes of its languages. */
const SCRIPTS = [
  ['chi'],
  ['jpn'],
  ['kor'],
  ['ara', 'fas', 'urd', 'pus', 'uig', 'snd'],
  ['rus', 'ukr', 'bel', 'bul', 'mkd', 'srp', 'kaz', 'kir', 'mon', 'tgk', 'tat'],
  ['ell', 'grc'],
  ['heb', 'yid'],
  ['hin', 'mar', 'nep', 'san'],
  ['tha'],
];

const scriptOf = (code: string): number => SCRIPTS.findIndex((begins) => begins.some((b) => code.startsWith(b)));

/** Whether a language is written in Latin script. */
export const isLatin = (code: string): boolean => scriptOf(code) < 0;

/**
 * Languages that are read together: those of one script. Within a script the recogniser takes the surer one for each word; across
 * scripts it then errs in a third of the Chinese, half of the Japanese and all of the Korean signs (eng+chi_sim+jpn+kor), while
 * one recogniser a script and the surer of them for each cue errs exactly as each does alone.
 */
export function byScript(languages: readonly LanguageData[]): LanguageData[][] {
  const groups = new Map<number, LanguageData[]>();
  for (const language of languages) groups.set(scriptOf(language.code), [...(groups.get(scriptOf(language.code)) ?? []), language]);
  return [...groups.values()];
}

/** Codes of all languages whose packages are installed, in alphabetical order. */
export async function installedLanguages(): Promise<string[]> {
  const places = require.resolve.paths(SCOPE) ?? [];
  const names = await Promise.all(places.map((place) => readdir(path.join(place, SCOPE)).catch(() => [])));
  const codes = [...new Set(names.flat())].sort();
  const folders = await Promise.all(codes.map(folderOf));
  return codes.filter((_, i) => folders[i]);
}

async function folderOf(code: string): Promise<string | undefined> {
  if (!/^[a-z_]+$/.test(code)) return undefined;
  try {
    const folder = path.join(path.dirname(require.resolve(`${SCOPE}/${code}/package.json`)), WEIGHTS);
    return (await stat(path.join(folder, `${code}.traineddata.gz`))).isFile() ? folder : undefined;
  } catch {
    return undefined;
  }
}
