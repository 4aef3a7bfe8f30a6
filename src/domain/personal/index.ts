export { ENCRYPTED, ERASED, isMarker } from './markers.ts';
export type { KeyPurpose } from './fields.ts';
export { marked, personalIn, withValues, type PersonalValues, type SealedData } from './fields.ts';
export { customerOwner, orderOwner, type Owner } from './owner.ts';
