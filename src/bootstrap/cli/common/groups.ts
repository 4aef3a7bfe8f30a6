type Grouping<T> = {
  /** Causes that differ in their numbers alone are one; its heading is that of the first row. */
  readonly causeOf: (row: T) => string;
  readonly draw: (rows: readonly T[], layout: GroupLayout) => string;
  readonly columns: number;
};

/** Whether its heading says the cause of each row; otherwise each row has to. */
type GroupLayout = { readonly isCauseSaid: boolean };

/**
 * Shows rows by their cause, the most frequent first, each group below a heading with its count.
 * Several causes have an overview before them, since the rows of the first may fill the screen. In
 * a pipe it is one table, in which each line says everything.
 */
export const grouped = <T>(rows: readonly T[], { causeOf, draw, columns }: Grouping<T>): string => {
  if (columns === Infinity) return draw(rows, { isCauseSaid: false });
  const groups = [...Map.groupBy(rows, (row) => causeOf(row).replaceAll(/\d+/g, '#')).values()]
    .map((those) => ({ those, causes: [...new Set(those.map(causeOf))] }))
    .map(({ those, causes }) => ({
      those,
      cause: causes[0] ?? '',
      isCauseSaid: causes.length === 1,
    }))
    .toSorted((one, other) => other.those.length - one.those.length);
  const counts = groups.map(({ cause, those }) => [cause, those.length] as const);
  return [
    ...(groups.length < 2 ? [] : [countsOf(counts)]),
    ...groups.map(
      ({ cause, those, isCauseSaid }) =>
        `${cause} (${those.length})\n${draw(those, { isCauseSaid })}`,
    ),
  ].join('\n\n');
};

/** Lines such as ` 12 MalformedMessage`. */
export const countsOf = (counts: readonly (readonly [cause: string, count: number])[]): string => {
  const width = Math.max(...counts.map(([, count]) => String(count).length));
  return counts.map(([cause, count]) => `${String(count).padStart(width)}  ${cause}`).join('\n');
};
