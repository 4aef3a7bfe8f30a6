/** A secret that may be changed while the process runs. */
export interface LiveSecret<T> {
  /** The one to use now. Each use reads it again; an old one is asked for again behind it. */
  current(): T;
  /** Resolves at once, unless the value is so old that it has to be asked for first. */
  fresh(): Promise<void>;
  /**
   * Asks for it again, because somebody refuses it; at most once a minute, so that nobody can drive
   * the cost. Whether there is another one now. Never rejects.
   */
  refresh(): Promise<boolean>;
}

/** One that stays as it was when the process began. */
export const fixedSecret = <T>(value: T): LiveSecret<T> => ({
  current: () => value,
  fresh: () => Promise.resolve(),
  refresh: () => Promise.resolve(false),
});
