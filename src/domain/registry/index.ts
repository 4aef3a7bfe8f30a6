export { type AuditConclusion, type DocumentKind, type Event, codec } from './events.ts';
export {
  fold,
  register,
  REGISTERED_MAX,
  type SeriesDeclaration,
  type RegistrationRefusal,
  type SeriesRegistration,
  type Registry,
} from './register.ts';
