/** What could not be had, and what else is not certain; every source adds to it. */
export type SourceNotes = { readonly missing: string[]; readonly notes: string[] };

/** Without it nothing else tells what became of the order. */
export const ORDER_STREAM = 'the order’s stream';

export type SourceFailure = {
  readonly type: string;
  readonly cause?: string;
  readonly why?: string;
};

export const reasonOf = ({ type, cause, why }: SourceFailure): string =>
  [type, cause ?? why].filter((part) => part !== undefined).join(': ');
