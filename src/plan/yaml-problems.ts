import { isAlias, isMap, isNode, isPair, isScalar, LineCounter, parseDocument, visit, type Document, type ParsedNode } from 'yaml';
import { either, pathText, type Issue } from './issues.js';
import { nearest } from './nearest.js';

/** A fault of a file and where it is. Lines and columns count from 1. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A parsed YAML file whose every value can be found again in the text. */
export interface Source {
  readonly document: Document.Parsed<ParsedNode>;
  readonly lines: LineCounter;
}

type Path = readonly (string | number)[];

const WORDS: Partial<Record<string, string>> = {
  TAB_AS_INDENT: 'tabs cannot indent: use spaces',
  MULTIPLE_DOCS: 'one document a file: remove the --- line and what follows it',
  TAG_RESOLVE_FAILED: 'tags (!) are not used here',
};

/** Parses YAML 1.2. Anchors and tags are refused: these files say everything in plain sight. */
export function parseYaml(text: string): { source: Source; problems: Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', resolveKnownTags: false, prettyErrors: false });
  const at = (offset: number, message: string): Problem => ({ ...position(lines, offset), message });
  const problems = [...document.errors, ...document.warnings].map((fault) => {
    if (fault.code === 'DUPLICATE_KEY') return at(fault.pos[0], `the key ${JSON.stringify(wordAt(text, fault.pos[0]))} is there twice`);
    return at(fault.pos[0], WORDS[fault.code] ?? `YAML: ${lowerFirst(fault.message)}`);
  });
  visit(document, {
    Node: (_key, node) => {
      if (isAlias(node) || node.anchor) problems.push(at(node.range?.[0] ?? 0, 'anchors and aliases (& and *) are not used here'));
    },
  });
  if (!problems.length && !isMap(document.contents))
    problems.push(at(document.contents?.range[0] ?? 0, 'must be a block of keys, beginning with version: 1'));
  return { source: { document, lines }, problems: problems.sort(byPlace) };
}

/** Puts issues of the data at their places in the text, and names the nearest key to an unknown one that the format's JSON Schema has. */
export function locate(source: Source, issues: readonly Issue[], schema: unknown): Problem[] {
  const problems = issues.map((issue) => {
    const offset = offsetOf(source.document, issue);
    return {
      ...position(source.lines, offset),
      message: issue.key === undefined ? `${pathText(issue.path)} ${issue.message}` : unknownKey(issue, issue.key, schema),
    };
  });
  return problems.sort(byPlace);
}

function unknownKey({ path, message }: Issue, key: string, schema: unknown): string {
  const known = knownKeys(path, schema);
  const near = nearest(key, known);
  const place = path.length ? ` in ${pathText(path)}` : '';
  return near
    ? `${message}${place}: did you mean ${near}?`
    : `${message}${place}: only ${either(known).replace(/ or (\S+)$/, ' and $1')} are known here`;
}

/** The keys that the format knows at a path. */
function knownKeys(path: Path, schema: unknown): string[] {
  type Node = { properties?: Record<string, Node>; items?: Node };
  let node = schema as Node | undefined;
  for (const part of path) node = typeof part === 'number' ? node?.items : node?.properties?.[part];
  return Object.keys(node?.properties ?? {});
}

/** Where an issue is in the text: its key, its value, or the key of the block that lacks it. */
function offsetOf(document: Document.Parsed<ParsedNode>, issue: Issue): number {
  if (issue.key !== undefined) {
    const block = document.getIn(issue.path, true);
    const pair = isMap(block) ? block.items.find((item) => isScalar(item.key) && String(item.key.value) === issue.key) : undefined;
    if (isPair(pair) && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
  }
  for (let length = issue.path.length; length > 0; length--) {
    const node = document.getIn(issue.path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range[0] ?? 0;
}

function position(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

const byPlace = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column;
const wordAt = (text: string, offset: number): string => /^[^\s:]+/.exec(text.slice(offset))?.[0] ?? '';
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
