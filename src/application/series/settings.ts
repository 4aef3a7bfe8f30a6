export type AllocatorSettings = {
  /** The time that a batch waits for more requests, give or take half. */
  readonly batchDelayMs: number;
  /** The longest that conflicts with other allocators make a batch wait. */
  readonly batchDelayMaxMs: number;
  /** The number of appends that one request may lose to other allocators before it fails. */
  readonly conflictsMax: number;
  readonly batchEntriesMax: number;
  /** The maximum size of the entries of one commit; an item of DynamoDB takes 400 KB. */
  readonly batchBytesMax: number;
  /** The number of entries of a series that are remembered; about 300 bytes each. */
  readonly rememberedMax: number;
  readonly pageCommitsMax: number;
  /**
   * The maximum difference between the clocks of two workers. No number follows a commit dated
   * later.
   */
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
