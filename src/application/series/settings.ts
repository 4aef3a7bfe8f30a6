/** How a clerk works. Every field is a bound. */
export type AllocatorSettings = {
  /** How long a batch waits for company, give or take half. */
  readonly lingerMs: number;
  /** The longest that conflicts with other clerks make a batch wait. */
  readonly lingerMaxMs: number;
  /** How many appends one request may lose to other clerks before its caller is told. */
  readonly conflictsMax: number;
  /** How many documents one commit numbers at most. */
  readonly batchEntriesMax: number;
  /** How many bytes the entries of one commit take at most; an item of DynamoDB takes 400 KB. */
  readonly batchBytesMax: number;
  /** How many entries of a series are remembered; about 300 bytes each. */
  readonly rememberedMax: number;
  /** How many commits are read at once. */
  readonly pageCommitsMax: number;
  /** How far the clocks of two workers may differ; behind a commit that is dated later nothing is numbered. */
  readonly skewMaxMs: number;
};

export const DEFAULT_ALLOCATOR_SETTINGS: AllocatorSettings = {
  lingerMs: 5,
  lingerMaxMs: 250,
  conflictsMax: 12,
  batchEntriesMax: 500,
  batchBytesMax: 100_000,
  rememberedMax: 20_000,
  pageCommitsMax: 200,
  skewMaxMs: 60_000,
};
