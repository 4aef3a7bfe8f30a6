type Grouping<T> = {
  /** Causes that differ in their numbers alone are one; its heading is that of the first row. */
  readonly causeOf: (row: T) => string;
  readonly draw: (rows: readonly T[], layout: GroupLayout) => string;
  readonly columns: number;
};

/** Whether its heading says the cause of each row; otherwise each row has to. */
type GroupLayout = { readonly isCauseSaid: boolean };

/**
 * Rows by their cause, the most frequent first, each below its heading with the count. Several causes
 * have an overview before them, since the rows of the first may fill the screen. In a pipe it is one
 * table, in which each line says everything.
 */
export const grouped = <T>(rows: readonly T[], { causeOf, draw, columns }: Grouping<T>): string => {
  if (columns === Infinity) return draw(rows, { isCauseSaid: false });
  const groups = [...Map.groupBy(rows, (row) => causeOf(row).replaceAll(/\d+/g, '#')).values()]
    .map((those) => ({ cause: those.slice(0, 1).map(causeOf).join(), those }))
    .toSorted((one, other) => other.those.length - one.those.length);
  return [
    ...(groups.length < 2
      ? []
      : [countsOf(groups.map(({ cause, those }) => [cause, those.length]))]),
    ...groups.map(
      ({ cause, those }) =>
        `${cause} (${those.length})\n${draw(those, { isCauseSaid: new Set(those.map(causeOf)).size === 1 })}`,
    ),
  ].join('\n\n');
};

/** `  12  MalformedMessage` */
export const countsOf = (counts: readonly (readonly [cause: string, count: number])[]): string => {
  const width = Math.max(...counts.map(([, count]) => String(count).length));
  return counts.map(([cause, count]) => `${String(count).padStart(width)}  ${cause}`).join('\n');
};
