import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor, type Comment, type Program } from 'oxc-parser';

/** One file, by its path from the top of the repository, with forward slashes. */
export type Source = { readonly path: string; readonly text: string };

export type ParsedSource = Source & {
  readonly program: Program;
  readonly comments: readonly Comment[];
  readonly imports: readonly Import[];
};

/** `specifier` is undefined where it is computed, so that it cannot be known what is imported. */
export type Import = { readonly specifier: string | undefined; readonly line: number };

const TOP = join(import.meta.dirname, '../..');

/** Every TypeScript file below a folder of the repository. */
export const sourcesBelow = (folder: string): readonly Source[] =>
  readdirSync(join(TOP, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(TOP, path), 'utf8') }));

export const lineOf = ({ text }: Source, offset: number): number =>
  text.slice(0, offset).split('\n').length;

/**
 * Throws for what does not parse: a file that cannot be read must not count as one without offence.
 */
export const parseSource = (source: Source): ParsedSource => {
  const { program, comments, errors } = parseSync(source.path, source.text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${source.path}: ${error.message}`);
  return { ...source, program, comments, imports: importsOf(source, program) };
};

type Literal = { readonly start: number; readonly value?: unknown };

/** Static and dynamic imports, of values and of types, re-exports, and `require`. */
const importsOf = (source: Source, program: Program): readonly Import[] => {
  const imports: Import[] = [];
  const add = ({ start, value }: Literal): void => {
    const specifier = typeof value === 'string' ? value : undefined;
    imports.push({ specifier, line: lineOf(source, start) });
  };
  new Visitor({
    ImportDeclaration: (node) => add(node.source),
    ExportAllDeclaration: (node) => add(node.source),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) add(node.source);
    },
    ImportExpression: (node) => add(node.source),
    TSImportType: (node) => add(node.source),
    TSExternalModuleReference: (node) => add(node.expression),
    CallExpression: ({ callee, arguments: [first], start }) => {
      if (callee.type === 'Identifier' && callee.name === 'require') add(first ?? { start });
    },
  }).visit(program);
  return imports;
};
