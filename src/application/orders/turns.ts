/** Runs work on one order in the order in which it came, and work on others meanwhile. */
export const createTurns = () => {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(orderId: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(orderId) ?? Promise.resolve();
    // How the work before it ended is for those who asked for that.
    const mine = before.then(work, work);
    last.set(orderId, mine);
    try {
      return await mine;
    } finally {
      if (last.get(orderId) === mine) last.delete(orderId);
    }
  };
};
