/** Runs work on one object in order of arrival, and work on other objects meanwhile. */
export const createTurns = () => {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(object: string | undefined, work: () => Promise<T>): Promise<T> => {
    if (object === undefined) return work();
    const before = last.get(object) ?? Promise.resolve();
    // The result of the earlier work belongs to its own caller.
    const mine = before.then(work, work);
    last.set(object, mine);
    try {
      return await mine;
    } finally {
      if (last.get(object) === mine) last.delete(object);
    }
  };
};
