/** Runs work on one object in the order in which it came, and work on others meanwhile. */
export const createTurns = () => {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(object: string | undefined, work: () => Promise<T>): Promise<T> => {
    if (object === undefined) return work();
    const before = last.get(object) ?? Promise.resolve();
    // How the work before it ended is for those who asked for that.
    const mine = before.then(work, work);
    last.set(object, mine);
    try {
      return await mine;
    } finally {
      if (last.get(object) === mine) last.delete(object);
    }
  };
};
