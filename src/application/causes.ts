/*
 * The `causationId` of a commit or a message that no message caused. These values are stored, so
 * that a cause may have another name here by now.
 */

export const PERSON = 'person';
export const RECONCILER = 'reconciler';
export const ALLOCATOR = 'clerk';

const NON_MESSAGE_CAUSES: ReadonlySet<string> = new Set([PERSON, RECONCILER, ALLOCATOR]);

export const isCausedByMessage = ({ causationId }: { readonly causationId: string }): boolean =>
  !NON_MESSAGE_CAUSES.has(causationId);
