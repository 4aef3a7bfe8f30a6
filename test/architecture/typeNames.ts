import { Visitor } from 'oxc-parser';
import type { ParsedSource } from './source.ts';

type TypeName = { readonly name: string; readonly path: string; readonly isExported: boolean };

const typeNames = (source: ParsedSource): readonly TypeName[] => {
  const found: TypeName[] = [];
  const exported = new Set<number>();
  const add = ({ id, start }: { id: { name: string }; start: number }): void => {
    found.push({ name: id.name, path: source.path, isExported: exported.has(start) });
  };
  new Visitor({
    ExportNamedDeclaration: ({ declaration }) => {
      if (declaration !== null) exported.add(declaration.start);
    },
    TSTypeAliasDeclaration: add,
    TSInterfaceDeclaration: add,
  }).visit(source.program);
  return found;
};

/** Names that more than one file gives to a type of its own. */
export const namesDeclaredTwice = (sources: readonly ParsedSource[]): readonly string[] => {
  const paths = new Map<string, Set<string>>();
  for (const { name, path } of sources.flatMap(typeNames)) {
    paths.set(name, (paths.get(name) ?? new Set()).add(path));
  }
  return [...paths].filter(([, { size }]) => size > 1).map(([name]) => name);
};

const IRREGULAR =
  'Begun|Built|Done|Found|Given|Gone|Held|Kept|Known|Left|Lost|Made|Met|Seen|Sent|Shown|Taken|Told|Written';
const PARTICIPLE = new RegExp(`^(?:[A-Z][a-z]*(?:ed|ing)|${IRREGULAR})$`);
/** Words that end so and are nouns; two of them are no participles at all. */
const NOUNS: readonly string[] = [
  'Feed',
  'Finding',
  'Meaning',
  'Seed',
  'Setting',
  'String',
  'Thing',
];

/**
 * Exported types that are named by one participle alone, so that nobody knows of what it is said.
 */
export const bareParticiples = (source: ParsedSource): readonly string[] =>
  typeNames(source)
    .filter(({ isExported, name }) => isExported && PARTICIPLE.test(name) && !NOUNS.includes(name))
    .map(({ name, path }) => `${path} exports the type ${name}`);
