import type { ParsedSource } from './source.ts';

const INDEX = 'index.ts';

/** The files of a folder that its index names, in the order in which it wants them read. */
const namedBy = (index: ParsedSource): readonly string[] => {
  const [first] = index.comments;
  return [...(first?.value ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => `${name}.ts`);
};

/** What the comment of an index does not keep: a file it leaves out, or that uses a later one. */
export const outOfOrder = (folder: string, sources: readonly ParsedSource[]): readonly string[] => {
  const files = sources.flatMap((source) => {
    const name = source.path.slice(folder.length + 1);
    return source.path.startsWith(`${folder}/`) ? [{ name, source }] : [];
  });
  const index = files.find(({ name }) => name === INDEX);
  const order = index === undefined ? [] : namedBy(index.source);
  return files
    .filter(({ name }) => name !== INDEX)
    .flatMap(({ name, source }) => {
      const at = order.indexOf(name);
      if (at < 0) return [`${name} is not named`];
      return source.imports.flatMap(({ specifier = '' }) => {
        const other = specifier.startsWith('./') ? specifier.slice(2) : '';
        return order.indexOf(other) > at ? [`${name} uses ${other}`] : [];
      });
    });
};
