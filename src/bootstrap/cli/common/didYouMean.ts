/**
 * Adds ` (did you mean quantity?)` if a name is nearly one that is known, and otherwise nothing.
 */
export const didYouMean = (name: string, known: readonly string[]): string => {
  const [nearest] = known
    .map((candidate) => ({ candidate, distance: distanceOf(plain(name), plain(candidate)) }))
    .filter(({ candidate, distance }) => distance <= Math.max(1, Math.floor(candidate.length / 3)))
    .toSorted((one, other) => one.distance - other.distance);
  return nearest === undefined ? '' : ` (did you mean ${nearest.candidate}?)`;
};

/** Only the beginning of a longer name is compared. */
const CHARACTERS_MAX = 40;

const plain = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z\d]/g, '')
    .slice(0, CHARACTERS_MAX);

/** The number of characters that have to be added, taken away or changed (Levenshtein). */
const distanceOf = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, character] of Array.from(one).entries()) {
    const next = [index + 1];
    for (const [at, wanted] of Array.from(other).entries()) {
      const changed = (row[at] ?? 0) + (character === wanted ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
};
