/** A secret that may be changed while the process runs. */
export interface LiveSecret<T> {
  /**
   * Returns the value to use now. Each use calls it again; an old value is asked for again in the
   * background.
   */
  current(): T;
  /** Resolves at once, unless the value is so old that it has to be asked for first. */
  fresh(): Promise<void>;
  /**
   * Asks for it again, because somebody refuses it; at most once a minute, so that nobody can drive
   * the cost. Resolves to whether there is another value now. Never rejects.
   */
  refresh(): Promise<boolean>;
}

/** A secret that stays as it was when the process began. */
export const fixedSecret = <T>(value: T): LiveSecret<T> => ({
  current: () => value,
  fresh: () => Promise.resolve(),
  refresh: () => Promise.resolve(false),
});
