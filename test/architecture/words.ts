import { Visitor } from 'oxc-parser';
import type { ParsedSource } from './source.ts';

/** Words that the field has others for, or that are not English. Case does not matter. */
export const BANNED: Readonly<Record<string, { readonly form: RegExp; readonly say: string }>> = {
  'all the same': { form: /\ball the same\b/g, say: 'still' },
  anew: { form: /\banew\b/g, say: 'again' },
  bell: { form: /\bbells?\b/g, say: 'signal' },
  books: { form: /\bbooks\b/g, say: 'ledger, log' },
  clerk: { form: /\bclerks?\b/g, say: 'allocator' },
  desk: { form: /\bdesks?\b/g, say: 'allocator' },
  else: { form: /(?<!(?:thing|body|one|where|what|whatever|who) )\belse\b/g, say: 'otherwise' },
  foresee: { form: /\bfore(?:see|sees|saw|seen)\b/g, say: 'predict' },
  'give back': { form: /\b(?:gi(?:ve|ves|ven|ving)|gave)\b[^.;]{0,12}?\bback\b/g, say: 'refund' },
  'hand back': { form: /\bhand(?:s|ed|ing)?\b[^.;]{0,8}?\bback\b/g, say: 'release, return' },
  'hold against': { form: /\bh(?:o|e)ld\b[^.;]{0,30}?\bagainst\b/g, say: 'compare with' },
  'in truth': { form: /\bin truth\b/g, say: 'nothing' },
  letter: { form: /(?<!dead[ -])\bletters?\b(?!,? (?:and )?digits?\b)/g, say: 'dead letter' },
  'lie there': { form: /\bl(?:ies?|ay|ying) (?:there|here)\b/g, say: 'be there' },
  'made up': { form: /\bmade[ -]up\b/g, say: 'generated' },
  mend: { form: /\bmend(?:s|ed|ing)?\b/g, say: 'fix, recover' },
  'of use': { form: /\bof (?:no |any )?use\b/g, say: 'useful' },
  'put aside': { form: /\bputs? (?:it |them )?aside\b/g, say: 'move to the dead letters' },
  reckon: { form: /\breckon/g, say: 'calculate' },
  tally: { form: /\btall(?:y|ies)\b/g, say: 'counts' },
  tell: { form: /\b(?:tell|tells|told|telling)\b/g, say: 'notify, report, say, show' },
  'throw away': { form: /\bthr(?:ow|ows|own|ew) away\b/g, say: 'discard' },
  tombstone: { form: /\btombstones?\b/g, say: 'recorded cancellation' },
  vitals: { form: /\bvitals\b/g, say: 'health' },
};

/** How often each banned word is in a text; words that are not in it are left out. */
export const bannedIn = (texts: readonly string[]): Readonly<Record<string, number>> => {
  const text = texts.join('\n\n').replaceAll(/\s+/g, ' ').toLowerCase();
  const counts = Object.entries(BANNED).map(
    ([word, { form }]) => [word, [...text.matchAll(form)].length] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
};

/** Words that no name has, nor any file, since the field has others for what they were. */
const BANNED_IN_NAMES: ReadonlySet<string> = new Set([
  'books',
  'clerk',
  'clerks',
  'desk',
  'desks',
  'foresee',
  'foreseen',
  'lettering',
  'linger',
  'living',
  'tally',
  'tell',
  'teller',
  'telling',
  'tells',
  'tombstone',
  'unheard',
  'vitals',
]);

/** Words that are keys of stored or printed data, and that a test has for nothing of its own. */
const BANNED_IN_TESTS: ReadonlySet<string> = new Set([
  'fates',
  'heard',
  'hears',
  'letter',
  'letters',
  'told',
  'untold',
]);

/** The names in a file, and its own, that have a word which names must not have. */
export const bannedNames = ({ path, program }: ParsedSource): readonly string[] => {
  const names = new Set(path.split(/[/.]/));
  new Visitor({ Identifier: ({ name }) => names.add(name) }).visit(program);
  return [...names]
    .filter((name) => wordsOf(name).some((word) => BANNED_IN_NAMES.has(word)))
    .map((name) => `${path} has ${name}`);
};

/** The variables, functions and types of a test that have a word which only a key may have. */
export const bannedInTests = ({ path, program }: ParsedSource): readonly string[] => {
  const keys = new Set<number>();
  const found: { readonly name: string; readonly start: number }[] = [];
  const note = ({ key }: { readonly key: { readonly start: number } }): unknown =>
    keys.add(key.start);
  new Visitor({
    Property: note,
    MethodDefinition: note,
    PropertyDefinition: note,
    TSPropertySignature: note,
    TSMethodSignature: note,
    MemberExpression: ({ property }) => keys.add(property.start),
    Identifier: (identifier) => found.push(identifier),
  }).visit(program);
  const names = found.filter(({ start }) => !keys.has(start)).map(({ name }) => name);
  return [...new Set(names)]
    .filter((name) => wordsOf(name).some((word) => BANNED_IN_TESTS.has(word)))
    .filter((name) => !/dead_?letter/i.test(name))
    .map((name) => `${path} has ${name}`);
};

const wordsOf = (name: string): readonly string[] =>
  name.split(/(?<=[a-z\d])(?=[A-Z])|_/).map((word) => word.toLowerCase());

/** Comments, and what a program says: texts of more than one word. Codes and names are no prose. */
export const proseOf = (source: ParsedSource): readonly string[] => {
  const found = source.comments.map(({ value }) => withoutCode(value).replaceAll(/^ *\* ?/gm, ''));
  const add = (text: string): void => {
    if (/[a-z] [a-z]/i.test(text)) found.push(text);
  };
  new Visitor({
    Literal: ({ value }) => {
      if (typeof value === 'string') add(value);
    },
    TemplateElement: ({ value }) => add(value.raw),
  }).visit(source.program);
  return found;
};

/** The comments of a test, and the titles of `it` and `describe`; its other texts are data. */
export const titlesOf = (source: ParsedSource): readonly string[] => {
  const found = source.comments.map(({ value }) => withoutCode(value).replaceAll(/^ *\* ?/gm, ''));
  new Visitor({
    CallExpression: ({ callee, arguments: [title] }) => {
      if (callee.type !== 'Identifier' || !['it', 'describe'].includes(callee.name)) return;
      if (title !== undefined) found.push(source.text.slice(title.start, title.end));
    },
  }).visit(source.program);
  return found;
};

/** A page without its code, addresses and targets of links. */
export const prosePage = (markdown: string): string =>
  withoutCode(markdown.replaceAll(/^```.*?^```/gms, '').replaceAll(/^ {4}.*$/gm, ''))
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(/<!--.*?-->/gs, '')
    // Titles of tests are quoted as they are.
    .replaceAll(/_Test: .*?_$/gms, '');

const withoutCode = (text: string): string => text.replaceAll(/`[^`\n]*`/g, '');
