/** The customer or tenant of a message. A message without a group is a group of its own. */
type GroupMember = { readonly groupId?: string | undefined };

/** The slots that one group may have while messages of others wait; one at least. */
export const shareOf = (slots: number, groupShare: number): number =>
  Math.max(1, Math.floor(slots * groupShare));

/**
 * The message to start next: the oldest whose group is below its share. If there is none, no other
 * group waits that could use the slot better, and the group with the fewest under way gets it.
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

/** One group has more than its share, which is fair only while no other group waits. */
export const isCrowded = (running: readonly GroupMember[], share: number): boolean =>
  Math.max(0, ...countGroups(running).values()) > share;

const countGroups = (running: readonly GroupMember[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { groupId } of running) {
    if (groupId !== undefined) counts.set(groupId, (counts.get(groupId) ?? 0) + 1);
  }
  return counts;
};
