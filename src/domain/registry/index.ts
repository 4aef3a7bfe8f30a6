export type { DocumentKind, Event } from './events.ts';
export { codec } from './codec.ts';
export {
  fold,
  register,
  REGISTERED_MAX,
  type SeriesDeclaration,
  type RegistrationRefusal,
  type SeriesRegistration,
  type Registry,
} from './register.ts';
