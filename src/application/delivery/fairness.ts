/** Whose message it is: a customer's or tenant's. A message without a group is one of its own. */
type GroupMember = { readonly groupId?: string | undefined };

/** The slots that one group may take while messages of others wait; one at least. */
export const shareOf = (slots: number, groupShare: number): number =>
  Math.max(1, Math.floor(slots * groupShare));

/**
 * Who starts next: the oldest whose group is below its share. If there is none, nobody else waits that could
 * use the slot better, and the oldest of the group with the fewest under way takes it.
 */
export const nextToStart = <M extends GroupMember>(
  waiting: readonly M[],
  running: readonly GroupMember[],
  share: number,
): M | undefined => {
  const counts = countGroups(running);
  const countOf = ({ groupId }: GroupMember): number =>
    groupId === undefined ? 0 : (counts.get(groupId) ?? 0);
  let next: M | undefined;
  for (const candidate of waiting) {
    if (countOf(candidate) < share) return candidate;
    if (next === undefined || countOf(candidate) < countOf(next)) next = candidate;
  }
  return next;
};

/** One group has more than its share, which is fair only as long as nobody else waits. */
export const isCrowded = (running: readonly GroupMember[], share: number): boolean =>
  Math.max(0, ...countGroups(running).values()) > share;

const countGroups = (running: readonly GroupMember[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { groupId } of running) {
    if (groupId !== undefined) counts.set(groupId, (counts.get(groupId) ?? 0) + 1);
  }
  return counts;
};
