/** Sources that could not be read, and other uncertainties. Every source adds to them. */
export type SourceNotes = { readonly missing: string[]; readonly notes: string[] };

/** Without this stream no other source shows the fate of the order. */
export const ORDER_STREAM = 'the order’s stream';

export type SourceFailure = {
  readonly type: string;
  readonly cause?: string;
  readonly why?: string;
};

export const reasonOf = ({ type, cause, why }: SourceFailure): string =>
  [type, cause ?? why].filter((part) => part !== undefined).join(': ');
