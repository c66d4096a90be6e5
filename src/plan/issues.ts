import type { z } from 'zod';

/** One fault of a file that a person wrote: where in the data, and what was expected there. */
export interface Issue {
  /** Keys and indices from the root to the faulty value. */
  readonly path: readonly (string | number)[];
  /** What was expected, and what is there. */
  readonly message: string;
  /** Set when the fault is the key itself and not its value. */
  readonly key?: string;
}

/** A path as people write it: `tracks[3].spans[0].last`; empty for the root. */
export function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${part}` : part), '');
}

const KINDS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of keys',
  record: 'a block of keys',
  tuple: 'a list',
};

/** A value as shown in a message: short, and named by its kind where its text would not help. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a block of keys';
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return JSON.stringify(value);
  const text = value.length > 40 ? `${value.slice(0, 37)}...` : value;
  return `the text ${JSON.stringify(text)}`;
}

/** `a`, `a or b`, `a, b or c`. */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

type Raw = z.core.$ZodIssue;

const size = (issue: { origin: string }): string =>
  issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : '';

function expectation(issue: Raw): string {
  if (issue.code === 'invalid_type') return `must be ${KINDS[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `must be ${either(issue.values.map(String))}`;
  if (issue.code === 'too_small') return `must be ${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}${size(issue)}`;
  if (issue.code === 'too_big') return `must be ${issue.inclusive === false ? 'below' : 'at most'} ${issue.maximum}${size(issue)}`;
  return issue.message;
}

/** Turns zod's issues into ours: one an unknown key, one a faulty value. Parse with `reportInput: true`. */
export function issuesOf(error: z.ZodError): Issue[] {
  return error.issues.flatMap((issue): Issue[] => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path, key, message: `unknown key ${JSON.stringify(key)}` }));
    if (issue.code === 'invalid_type' && issue.input === undefined) return [{ path, message: `is missing: it ${expectation(issue)}` }];
    const plain = issue.code === 'custom' || issue.code === 'invalid_format';
    return [{ path, message: plain ? issue.message : `${expectation(issue)}, not ${shown(issue.input)}` }];
  });
}
