export type AllocatorSettings = {
  /** How long a batch waits for more requests, give or take half. */
  readonly batchDelayMs: number;
  /** The longest that conflicts with other allocators make a batch wait. */
  readonly batchDelayMaxMs: number;
  /** How many appends one request may lose to other allocators before it fails. */
  readonly conflictsMax: number;
  readonly batchEntriesMax: number;
  /** How many bytes the entries of one commit take at most; an item of DynamoDB takes 400 KB. */
  readonly batchBytesMax: number;
  /** How many entries of a series are remembered; about 300 bytes each. */
  readonly rememberedMax: number;
  readonly pageCommitsMax: number;
  /** How far the clocks of two workers may differ. No number follows a commit dated later. */
  readonly skewMaxMs: number;
};

export const DEFAULT_ALLOCATOR_SETTINGS: AllocatorSettings = {
  batchDelayMs: 5,
  batchDelayMaxMs: 250,
  conflictsMax: 12,
  batchEntriesMax: 500,
  batchBytesMax: 100_000,
  rememberedMax: 20_000,
  pageCommitsMax: 200,
  skewMaxMs: 60_000,
};
