import { Visitor } from 'oxc-parser';
import { lineOf, type ParsedSource, type Source } from './source.ts';

export const FILE_LINES_MAX = 250;

/** Where time, chance and the outside world would come in by another door than a port. */
const IMPURE_GLOBALS: ReadonlySet<string> = new Set([
  'console',
  'crypto',
  'fetch',
  'globalThis',
  'performance',
  'process',
  'queueMicrotask',
  'require',
  'setImmediate',
  'setInterval',
  'setTimeout',
]);
const IMPURE_MEMBERS: ReadonlySet<string> = new Set(['Date.now', 'Math.random']);

const isPureLayer = (path: string): boolean => /^src\/(domain|application)\//.test(path);

/** Time, chance and effects that a pure layer takes from a global instead of a port. */
export const impurities = (source: ParsedSource): readonly string[] => {
  if (!isPureLayer(source.path)) return [];
  const { path, program } = source;
  const found: string[] = [];
  const report = (name: string, start: number): void => {
    found.push(`${path}:${lineOf(source, start)} uses ${name}`);
  };
  // Names of members and keys are no globals; a parent is visited before its child.
  const names = new Set<number>();
  new Visitor({
    MemberExpression: ({ object, property, computed, start }) => {
      if (!computed) names.add(property.start);
      if (object.type !== 'Identifier') return;
      const member = property.type === 'Identifier' ? `${object.name}.${property.name}` : '';
      const isOpen = computed && (object.name === 'Date' || object.name === 'Math');
      if (IMPURE_MEMBERS.has(member) || isOpen)
        report(isOpen ? `${object.name}[…]` : member, start);
    },
    Property: ({ key, computed, shorthand }) => {
      if (!computed && !shorthand) names.add(key.start);
    },
    TSPropertySignature: ({ key, computed }) => {
      if (!computed) names.add(key.start);
    },
    NewExpression: ({ callee, arguments: given, start }) => {
      const isDate = callee.type === 'Identifier' && callee.name === 'Date';
      if (isDate && given.length === 0) report('new Date()', start);
    },
    CallExpression: ({ callee, start }) => {
      if (callee.type === 'Identifier' && callee.name === 'Date') report('Date()', start);
    },
    Identifier: ({ name, start }) => {
      if (IMPURE_GLOBALS.has(name) && !names.has(start)) report(name, start);
    },
  }).visit(program);
  return found;
};

/** Waiting is for those who have something to wait for: the domain has not. */
export const asynchrony = (source: ParsedSource): readonly string[] => {
  if (!source.path.startsWith('src/domain/')) return [];
  const found: string[] = [];
  const report = ({ async = true, start }: { async?: boolean; start: number }): void => {
    if (async) found.push(`${source.path}:${lineOf(source, start)} is asynchronous`);
  };
  new Visitor({
    ArrowFunctionExpression: report,
    FunctionDeclaration: report,
    FunctionExpression: report,
    NewExpression: ({ callee, start }) => {
      if (callee.type === 'Identifier' && callee.name === 'Promise') report({ start });
    },
  }).visit(source.program);
  return found;
};

/**
 * A `default` would let a new event, step or error compile before anybody has given it its place.
 */
export const defaultCases = (source: ParsedSource): readonly string[] => {
  if (!isPureLayer(source.path)) return [];
  const found: string[] = [];
  new Visitor({
    SwitchCase: ({ test, start }) => {
      if (test === null) found.push(`${source.path}:${lineOf(source, start)} has a default`);
    },
  }).visit(source.program);
  return found;
};

export const longFiles = ({ path, text }: ParsedSource): readonly string[] => {
  const lines = text.split('\n').length - 1;
  return lines > FILE_LINES_MAX ? [`${path} has ${lines} lines`] : [];
};

/** Lines of more columns than a reader's window has. */
export const wideLines = ({ path, text }: Source, columns: number): readonly string[] =>
  text
    .split('\n')
    .flatMap((line, at) =>
      line.length > columns ? [`${path}:${at + 1} is ${line.length} wide`] : [],
    );

/** The comments that this project forbids: this is the list of them, and none is used. */
const SWITCHES_OFF =
  /oxlint-disable|eslint-disable|@ts-(ignore|expect-error|nocheck)|prettier-ignore/;

/** Comments that switch a check off. */
export const suppressions = (source: ParsedSource): readonly string[] =>
  source.comments
    .filter(({ value }) => SWITCHES_OFF.test(value))
    .map(({ start }) => `${source.path}:${lineOf(source, start)} switches a check off`);
