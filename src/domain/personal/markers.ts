/** What stands in place of what a key was deleted of, or of what this process has no key for. */
export const ERASED = 'erased';
export const ENCRYPTED = 'encrypted';
export type Marker = typeof ERASED | typeof ENCRYPTED;

/** Whether it stands in place of something personal that cannot be read. */
export const isMarker = (value: string): value is Marker => value === ERASED || value === ENCRYPTED;
