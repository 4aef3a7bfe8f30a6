export { ENCRYPTED, ERASED, isMarker, type Marker } from './markers.ts';
export { personalFieldsOf, type KeyPurpose } from './fields.ts';
export { marked, personalIn, withValues, type PersonalValues, type SealedData } from './sealed.ts';
export { customerOwner, orderOwner, type Owner } from './owner.ts';
