export {
  ENCRYPTED,
  ERASED,
  isMarker,
  personalFieldsOf,
  type KeyPurpose,
  type Marker,
} from './fields.ts';
export { marked, personalIn, withValues, type PersonalValues, type SealedData } from './sealed.ts';
export { customerOwner, orderOwner, type Owner } from './owner.ts';
