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
 * What takes longest, the tree, is made when a rule first asks for it.
 */
export const parseSource = (source: Source): ParsedSource => {
  const parsed = parseSync(source.path, source.text);
  const [error] = parsed.errors;
  if (error !== undefined) throw new Error(`${source.path}: ${error.message}`);
  let imports: readonly Import[] | undefined;
  return {
    ...source,
    comments: parsed.comments,
    get program() {
      return parsed.program;
    },
    get imports() {
      return (imports ??= importsOf(source, parsed.program));
    },
  };
};

const below = new Map<string, readonly ParsedSource[]>();

/** The trees take some 300 MB, which the files of tests that follow do not need. */
export const forgetParsed = (): void => below.clear();

/** What `sourcesBelow` gives, parsed once for all rules. */
export const parsedBelow = (folder: string): readonly ParsedSource[] => {
  const sources = below.get(folder) ?? sourcesBelow(folder).map(parseSource);
  below.set(folder, sources);
  return sources;
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
