import { posix } from 'node:path';
import type { ParsedSource } from './source.ts';

/**
 * Groups of files that import each other, imports of types included; each group in order of names.
 */
export const importCycles = (sources: readonly ParsedSource[]): readonly (readonly string[])[] => {
  const reachable = createReachable(sources);
  const groups = new Map<string, readonly string[]>();
  for (const { path } of sources) {
    const group = [...reachable(path)].filter((other) => reachable(other).has(path)).toSorted();
    if (group.length > 0) groups.set(group.join(), group);
  }
  return [...groups.values()];
};

/** What a file imports, directly or not. */
const createReachable = (
  sources: readonly ParsedSource[],
): ((path: string) => ReadonlySet<string>) => {
  const paths = new Set(sources.map(({ path }) => path));
  const next = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.flatMap(({ specifier }) => {
        const target = posix.join(posix.dirname(path), specifier ?? '');
        return specifier?.startsWith('.') === true && paths.has(target) ? [target] : [];
      }),
    ]),
  );
  const known = new Map<string, ReadonlySet<string>>();
  return (path) => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const found = new Set<string>();
    const waiting = [...(next.get(path) ?? [])];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      if (found.has(at)) continue;
      found.add(at);
      waiting.push(...(next.get(at) ?? []));
    }
    known.set(path, found);
    return found;
  };
};
