/** The markers for a value whose key was deleted, and for one for which this process has no key. */
export const ERASED = 'erased';
export const ENCRYPTED = 'encrypted';
export type Marker = typeof ERASED | typeof ENCRYPTED;

/** Whether it is a marker in place of something personal that cannot be read. */
export const isMarker = (value: string): value is Marker => value === ERASED || value === ENCRYPTED;
